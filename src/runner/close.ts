/** The last effects: account, export, thaw, finish. */
import type { Plan } from '../realm/model.ts';
import type { Effect, WriteStatus } from '../runbook/model.ts';
import { transcriptCast } from '../transcript/cast.ts';
import { transcriptJsonPieces } from '../transcript/json.ts';
import { transcriptMarkdown } from '../transcript/markdown.ts';
import { readState } from '../realm/state.ts';
import { accountFor } from './account.ts';
import { sentBy, type EffectContext } from './context.ts';
import { pausesHold } from './pause-watch.ts';
import type { ExportRequest, SessionStore } from './ports.ts';
import { captureLive } from './read.ts';

export async function account(context: EffectContext): Promise<void> {
  // The first capture after the restore is taken before anything else runs, and compared on effective values.
  const { captured, snapshot } = await captureLive(context, 'live-after');
  context.dispatch({ type: 'capture.succeeded', captured });
  if (!(await pausesHold(context))) return;
  const before = context.memory.snapshot('live-before');
  if (!before) throw new Error('account needs the snapshot from before');
  const { plan, writes, connection } = context.state();
  const of = (status: WriteStatus) => plan?.groups.flatMap((group) => group.operations).filter((operation) => writes[operation.id] === status) ?? [];
  context.dispatch({ type: 'account.done', account: accountFor({ before, after: snapshot, evidence: context.memory.evidence().map((entry) => entry.state), verified: of('verified'), kept: of('kept'), sent: sentBy(context), now: context.ports.now(), login: connection }) });
}

/** Clients of a plan that come back with a new secret, with the hosts that they run at. */
export function newSecretsOf(plan: Plan | null): NonNullable<ExportRequest['newSecrets']> {
  return (plan?.newSecrets ?? []).map((client) => ({ client, hosts: plan?.deployments?.[client] ?? [] }));
}

export async function exportToGit(context: EffectContext, evidenceFiles: readonly string[]): Promise<void> {
  const { ports, memory } = context;
  const { settings, store } = ports;
  const after = memory.snapshot('live-after');
  if (!settings.repo && evidenceFiles.length === 0) {
    context.dispatch({ type: 'export.skipped', because: 'no repository was named (--repo DIR) and no evidence is a file: realm-rescue export writes the patch later' });
    return;
  }
  if (!after) throw new Error('export needs the realm as it is now');
  const { differences, choices, run, connection, plan } = context.state();
  const exported = await ports.exporter.export({
    realm: run?.realm ?? ports.keycloak.realm,
    serverVersion: connection?.serverVersion ?? null,
    repo: settings.repo,
    evidenceFiles,
    live: readState(after),
    differences,
    choices,
    newSecrets: newSecretsOf(plan),
    directory: settings.out ?? `${store.directory}/export`,
    branch: settings.branch,
    session: store.id,
    headHash: store.head,
  });
  context.dispatch({ type: 'export.done', exported });
}

/** After the engineer says that automation is on again: does the realm still look as it did? */
export async function checkThaw(context: EffectContext): Promise<void> {
  const before = context.memory.snapshot('live-after');
  const { snapshot } = await context.ports.keycloak.capture({ knownClients: [], onProgress: context.progress });
  context.dispatch({
    type: 'thaw.checked',
    fingerprintBefore: before?.fingerprint ?? '',
    fingerprintAfter: snapshot.fingerprint,
    equal: before?.fingerprint === snapshot.fingerprint,
  });
}

export function finish(context: EffectContext, effect: Extract<Effect, { type: 'finish' }>): void {
  context.dispatch({ type: 'run.finished', exit: effect.exit, summary: effect.summary });
}

/** The three forms of the record, always computed from the journal; written whenever a run ends, however it ends. */
export function writeTranscripts(store: SessionStore): void {
  store.writeText('transcript.md', transcriptMarkdown(store.lines));
  store.writeText('transcript.json', transcriptJsonPieces(store.lines));
  store.writeText('transcript.cast', transcriptCast(store.lines));
}
