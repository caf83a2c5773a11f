import { parentPort, workerData } from 'node:worker_threads';
import { DETECTIONS, detect } from './detections.ts';
import { LONG, SHORT, experimentsOf } from './experiments.ts';
import type { Settings, Task } from './pool.ts';
import { runExperiment } from './run-experiment.ts';

const { seed, isLong } = workerData as Settings;
const experiments = new Map(experimentsOf(isLong ? LONG : SHORT).map((experiment) => [experiment.name, experiment]));

function carryOut({ kind, name, from, to }: Task): unknown[] {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  if (kind === 'detection')
    return numbers.map((number) =>
      detect(
        DETECTIONS.find((detection) => detection.name === name)!,
        seed,
        number,
      ),
    );
  return numbers.map((number) => runExperiment(experiments.get(name)!, seed, number));
}

parentPort!.on('message', (task: Task) => parentPort!.postMessage(carryOut(task)));
