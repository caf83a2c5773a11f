import { DETECTIONS, detect } from './decisions/detections.ts';
for (const d of DETECTIONS.filter((d) => d.kind === 'latency')) {
  const t = process.cpuUsage().user;
  const n = d.name === 'latency-1.1x' ? 60 : 400;
  let s = 0,
    q = 0;
  for (let i = 0; i < n; i++) {
    const x = detect(d, 7, i);
    s += x;
    q += x * x;
  }
  const m = s / n;
  console.log(
    d.name,
    d.bound.toFixed(0),
    m.toFixed(0),
    (m / d.bound).toFixed(3),
    '±',
    (Math.sqrt((q / n - m * m) / n) / d.bound).toFixed(3),
    ((process.cpuUsage().user - t) / 1000 / n).toFixed(1),
    'ms/rep',
  );
}
