// Measures, in one run and as ratios: (a) reads against a bare HTTP program with the same statement, (b) durable writes
// against a bare group commit on this disk, (c) an import against sqlite3 .import, (d) memory and time to ready, (e) (f)
// batches and the morning peak of tablets against the bare rows, (g) the pages of the day against the length of history.
// Needs build/bench. Usage: node bench/run.mjs [backbone|tablets|history …]
import { cleanUp } from './lib.mjs';
import { backbone } from './backbone.mjs';
import { history } from './history.mjs';
import { tabletPeak } from './tablets.mjs';

const parts = { backbone, tablets: tabletPeak, history };
const asked = process.argv.slice(2);
try {
  for (const [name, part] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await part();
} finally {
  await cleanUp();
}
