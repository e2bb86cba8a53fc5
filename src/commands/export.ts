import { resolve } from 'node:path';
import { createEvidenceReader, specFiles } from '../evidence/reader.ts';
import { createExporter } from '../gitops/exporter.ts';
import { readJournal } from '../journal/read.ts';
import { findSession } from '../journal/sessions.ts';
import { readSnapshotFile } from '../journal/snapshots.ts';
import { lineHash } from '../journal/chain.ts';
import { compareStates } from '../realm/compare.ts';
import { EXIT, RescueError } from '../realm/errors.ts';
import { readState } from '../realm/state.ts';
import { count, exportLine } from '../runbook/lines.ts';
import type { Exported } from '../runbook/model.ts';
import { replay } from '../runbook/transition.ts';
import { newSecretsOf } from '../runner/close.ts';
import type { ExportRequest } from '../runner/ports.ts';
import { sanitise } from '../ui/text.ts';
import { lazyClusterEvidence } from './lazy.ts';
import { captureOnce, withKeycloak } from './live.ts';
import { printJson } from './out.ts';
import { sessionDirectory } from './session.ts';
import type { CommandRun, Invocation } from './table.ts';
import { thisTerminal } from './terminal.ts';

/** Patches for git: from a recorded run with its choices, or from live, where live wins everywhere. */
export const run: CommandRun = async (invocation) => {
  const { flags, words } = invocation;
  const files = specFiles(flags.evidence ?? [], process.cwd());
  if (!flags.repo && files.length === 0) throw new RescueError('usage', 'No files to bring to live are named.', ['Give --repo DIR for a git working tree, or --evidence FILE for single files.']);
  const [typed] = words;
  const request = typed ? fromSession(invocation, typed) : await fromLive(invocation);
  const exported = await createExporter({ now: Date.now }).export({ ...request, repo: flags.repo ? resolve(flags.repo) : null, evidenceFiles: files, branch: flags.branch ?? null });
  report(exported, flags.json ?? false);
  const lost = typed ? 0 : request.differences.filter(({ change }) => change === 'lost').length;
  if (lost > 0) process.stderr.write(`${count(lost, 'object')} that git has and the realm does not would be taken out of git: where they were lost, recover them first. A file may be their last copy.\n`);
  return exported.applyCheck?.ok === false ? EXIT.notProven : EXIT.done;
};

type Source = Omit<ExportRequest, 'repo' | 'evidenceFiles' | 'branch'>;

function fromSession(invocation: Invocation, typed: string): Source {
  const directory = sessionDirectory(invocation);
  const { id } = findSession(directory, typed);
  const { lines, head } = readJournal(`${directory}/${id}`, id);
  const state = replay(lines.map((line) => line.event));
  const captured = state.snapshots['live-after'] ?? state.snapshots['live-before'];
  if (!captured) throw new RescueError('usage', `Run ${id} ended before the realm was captured.`, ['Export from live instead: realm-rescue export --url … --realm … --repo .']);
  const live = readState(readSnapshotFile(`${directory}/${id}`, captured.file, lines));
  return {
    realm: live.realm, serverVersion: state.connection?.serverVersion ?? null, live, differences: state.differences, choices: state.choices, newSecrets: newSecretsOf(state.plan),
    directory: resolve(invocation.flags.out ?? `${directory}/${id}/export`), session: id, headHash: head,
  };
}

async function fromLive(invocation: Invocation): Promise<Source> {
  return withKeycloak(invocation, thisTerminal(invocation), async (keycloak) => {
    const reader = createEvidenceReader({ cwd: process.cwd(), cluster: lazyClusterEvidence(invocation) });
    const snapshot = await captureOnce(keycloak);
    const live = readState(snapshot);
    const specs = invocation.flags.evidence ?? (await reader.find({ repo: resolve(invocation.flags.repo ?? '.'), realm: keycloak.realm })).slice(0, 1).map((candidate) => candidate.spec);
    const evidence = await Promise.all(specs.map(async (spec) => readState(await reader.read(spec, keycloak.realm), snapshot.representation.settingDescriptions)));
    const differences = compareStates(live, evidence);
    return {
      realm: keycloak.realm, serverVersion: snapshot.serverVersion, live, differences, choices: Object.fromEntries(differences.map((difference) => [difference.id, 'keep'])),
      directory: resolve(invocation.flags.out ?? 'realm-rescue-export'), session: 'none', headHash: lineHash(''),
    };
  });
}

function report(exported: Exported, json: boolean): void {
  if (json) {
    printJson({ schema: 'realm-rescue/export/v1', ...exported }, 2);
    return;
  }
  if (exported.patch) process.stdout.write(`${sanitise(exported.patch)}\n`);
  process.stderr.write(`${sanitise(exportLine(exported))}\n`);
  for (const finding of exported.strategy) process.stderr.write(sanitise(`${finding.file}:${finding.line} ${finding.setting}: ${finding.class}; ${finding.because} ${finding.done}`) + '\n');
  for (const note of exported.notes) process.stderr.write(`${sanitise(note)}\n`);
  for (const file of exported.files) if (file.refusal) process.stderr.write(sanitise(`${file.path} was left alone: ${file.refusal}`) + '\n');
}
