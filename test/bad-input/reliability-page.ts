import type { Cell } from './cells.ts';
import { FAULTS, MOMENTS } from './moments.ts';

/** docs/reliability.md. @param outcome  of a fault at a moment, by their names */
export function reliabilityPage(version: string, outcome: (fault: string, moment: string) => Cell | undefined): string {
  const steps = [...new Set(MOMENTS.map(({ step }) => step))];
  const count = FAULTS.length * MOMENTS.length;
  return `# What a recovery does when something goes wrong

Made by \`UPDATE_DOCS=1 npm run test:long -- test/bad-input/reliability\` on a real Keycloak ${version}: a proxy between the tool and the server
breaks one request of a headless recovery (six clients, ${MOMENTS.length} moments), once, in ${FAULTS.length} ways. After each of the ${count} cells a reader that shares nothing with the
tool finds the realm as it was before the incident, no write has reached the server twice, none was sent that was not on disk before, and
the hash chain of the journal holds. Without \`UPDATE_DOCS\` the same command fails when a cell comes out otherwise than it stands here.

- \`0\`: the recovery went on by itself and ended with exit code 0. A read was repeated, or a write of unknown outcome was looked after and had been done.
- \`3 → 0\`: it stopped with exit code 3, one sentence and the next step; \`resume\`, once nothing went wrong any more, looked at the server first and ended with 0.
- \`4\`: the recovery went on and restored everything; it ended with 4 and said why: a claim could not be shown, or the account found that somebody else had changed the realm.

${steps.map((step) => section(step, outcome)).join('\n\n')}
`;
}

function section(step: string, outcome: (fault: string, moment: string) => Cell | undefined): string {
  const moments = MOMENTS.filter((moment) => moment.step === step).map(({ what }) => what);
  const rows = FAULTS.map(({ name }) => `| ${name} | ${moments.map((moment) => words(outcome(name, moment))).join(' | ')} |`);
  return [`## ${step}`, '', `| | ${moments.join(' | ')} |`, `| --- |${' --- |'.repeat(moments.length)}`, ...rows].join('\n');
}

function words(cell: Cell | undefined): string {
  if (!cell) return 'not tried';
  return cell.resumed === null ? String(cell.exit) : `${cell.exit} → ${cell.resumed}`;
}
