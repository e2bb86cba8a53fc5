// Preloaded into a measured process (NODE_OPTIONS=--import): tells at its end what it used.
import { writeFileSync } from 'node:fs';

const file = process.env['REALM_RESCUE_BENCH_USAGE'];
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  if (file) writeFileSync(file, JSON.stringify({ rss: maxRSS * 1024, cpu: (userCPUTime + systemCPUTime) / 1e6 }));
});
