import { DETECTIONS, detect } from './decisions/detections.ts';
for (const d of DETECTIONS) {
  const t = process.cpuUsage().user;
  const n = d.name === 'errors-1.1x' ? 10 : 50;
  let s = 0;
  for (let i = 0; i < n; i++) s += detect(d, 1, i);
  console.log(
    d.name,
    d.bound.toFixed(0),
    (s / n).toFixed(0),
    (s / n / d.bound).toFixed(3),
    ((process.cpuUsage().user - t) / 1000 / n).toFixed(1),
    'ms/rep',
  );
}
