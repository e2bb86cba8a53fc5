import { compareStates, toContractJson } from '../realm/compare.ts';
import { EXIT, RescueError } from '../realm/errors.ts';
import { readState } from '../realm/state.ts';
import { unseenParts } from '../realm/unseen.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import { createEvidenceReader } from '../evidence/reader.ts';
import type { EvidenceReader } from '../runner/ports.ts';
import type { Difference } from '../realm/model.ts';
import { compareLine } from '../runbook/lines.ts';
import { sanitise } from '../ui/text.ts';
import { lazyClusterEvidence } from './lazy.ts';
import { captureOnce, evidenceWithRealms, withKeycloak } from './live.ts';
import { printJson } from './out.ts';
import type { CommandRun, Invocation } from './table.ts';
import { thisTerminal } from './terminal.ts';

/** Compares two states, live or not. Exit 2 on differences. */
export const run: CommandRun = async (invocation) => {
  const specs = invocation.flags.evidence ?? [];
  if (specs.length === 0) throw new RescueError('usage', 'No evidence is named to compare with.', ['Name at least one source: --evidence realm.json, --evidence git:PATH@REV, --evidence snapshot:PATH.']);
  const { live, evidence } = await bothSides(invocation, specs);
  const liveState = readState(live);
  const states = evidence.map((snapshot) => readState(snapshot, live.representation.settingDescriptions));
  const differences = compareStates(liveState, states);
  const unseen = unseenParts(live, evidence);
  if (invocation.flags.json) {
    printJson(toContractJson({ realm: live.realm, live, evidence, differences }), 2);
  } else {
    for (const difference of differences) process.stdout.write(`${line(difference)}\n`);
    process.stderr.write(`${compareLine(differences, unseen)}\n`);
  }
  if (invocation.flags.json) for (const part of unseen) process.stderr.write(`${sanitise(`Not compared: ${part}.`)}\n`);
  return differences.length > 0 ? EXIT.differences : unseen.length > 0 ? EXIT.couldNotCheck : EXIT.done;
};

async function bothSides(invocation: Invocation, specs: readonly string[]): Promise<{ live: Snapshot; evidence: Snapshot[] }> {
  const { flags } = invocation;
  const readAll = (reader: EvidenceReader, realm: string) => Promise.all(specs.map((spec) => reader.read(spec, realm)));
  const { from } = flags;
  if (from !== undefined && [from, ...specs].some((spec) => spec.startsWith('realm:'))) {
    return withKeycloak(invocation, thisTerminal(invocation), async (keycloak, target) => {
      const reader = evidenceWithRealms(process.cwd(), target, lazyClusterEvidence(invocation));
      return { live: await reader.read(from, keycloak.realm), evidence: await readAll(reader, keycloak.realm) };
    });
  }
  if (from !== undefined) {
    const reader = createEvidenceReader({ cwd: process.cwd(), cluster: lazyClusterEvidence(invocation) });
    const realm = flags.realm ?? invocation.environment['KEYCLOAK_REALM'];
    if (!realm) throw new RescueError('usage', 'No realm is named, and files may hold several.', ['Give --realm NAME (or KEYCLOAK_REALM).']);
    return { live: await reader.read(from, realm), evidence: await readAll(reader, realm) };
  }
  return withKeycloak(invocation, thisTerminal(invocation), async (keycloak, target) => {
    const reader = evidenceWithRealms(process.cwd(), target, lazyClusterEvidence(invocation));
    // Other realms wait until this one is captured; nothing is read twice.
    const read = await Promise.all(specs.map((spec) => (spec.startsWith('realm:') ? undefined : reader.read(spec, keycloak.realm))));
    const known = read.flatMap((snapshot) => snapshot ?? []).flatMap((snapshot) => (snapshot.representation.clients ?? []).flatMap((client) => (client.clientId ? [client.clientId] : [])));
    const live = await captureOnce(keycloak, known);
    return { live, evidence: await Promise.all(specs.map((spec, index) => read[index] ?? reader.read(spec, keycloak.realm))) };
  });
}

function line(difference: Difference): string {
  const sign = { lost: '-', changed: '~', 'live-only': '+' }[difference.change];
  return sanitise(`${sign} ${difference.id}  ${difference.effect}`);
}
