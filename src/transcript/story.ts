import { GENESIS, encodeLine, lineHash } from '../journal/chain.ts';
import type { Operation } from '../realm/model.ts';
import type { FreezeInfo } from '../runbook/cluster-events.ts';
import type { Failure, JournalLine, Proof, RunEvent, RunState } from '../runbook/model.ts';
import { replay } from '../runbook/transition.ts';

/** One write as the journal tells it, from the intent to the read-back. */
export interface WriteStory {
  readonly id: string;
  readonly owner: string;
  readonly title: string;
  readonly undo: boolean;
  readonly method: string;
  readonly path: string;
  /** Status of the last answer; null while there was none. */
  readonly status: number | null;
  readonly milliseconds: number | null;
  readonly outcome: 'read back' | 'found by a look' | 'failed' | 'unknown' | 'not done' | 'something else is there' | 'overwritten again' | 'kept as it was found' | 'not known: the run ended here';
  readonly failure: Failure | null;
  /** Sequence numbers of its events, in order. */
  readonly seqs: readonly number[];
}

/** What happened to one client of the plan. */
export interface ClientStory {
  readonly owner: string;
  readonly writes: readonly WriteStory[];
  readonly planned: number;
  readonly proofs: readonly Proof[];
  /** Sequence number of the proof that counts. */
  readonly provedAt: number | null;
  readonly accepted: string | null;
  readonly verdict: 'proven' | 'restored' | 'accepted' | 'not proven' | 'failed' | 'unfinished' | 'left' | 'taken back';
}

/** A journal, told once; Markdown, JSON and the recording are three ways to print it. */
export interface Story {
  readonly lines: readonly JournalLine[];
  readonly state: RunState;
  /** Of the run, or of the record of a freeze alone; empty where the journal does not say. */
  readonly id: string;
  readonly tool: string;
  /** What a record of a freeze alone is of; null for a run. */
  readonly freeze: FreezeInfo | null;
  /** `sha256:` of the last line. */
  readonly head: string;
  /** ISO times of the first and the last event; empty for an empty journal. */
  readonly from: string;
  readonly to: string;
  readonly milliseconds: number;
  readonly writes: readonly WriteStory[];
  readonly clients: readonly ClientStory[];
  /** Sequence number of the last event of a type; null when it never happened. */
  seqOf(type: RunEvent['type']): number | null;
}

/** Tells a journal. Pure: no clock, no file; the same lines give the same story. */
export function tell(lines: readonly JournalLine[]): Story {
  const state = replay(lines.map((line) => line.event));
  const first = lines[0];
  const last = lines.at(-1);
  const operations = new Map(lines.flatMap(({ event }) => (event.type === 'plan.made' ? event.plan.groups.flatMap((group) => group.operations) : [])).map((operation) => [operation.id, operation]));
  const writes = writesOf(lines, operations);
  const begun = lines.find(({ event }) => event.type === 'freeze.begun')?.event;
  const freeze = begun?.type === 'freeze.begun' && state.run === null ? begun.freeze : null;
  return {
    lines,
    state,
    id: state.run?.id ?? freeze?.id ?? '',
    tool: state.run?.tool ?? freeze?.tool ?? '',
    freeze,
    head: last ? lineHash(encodeLine(last)) : GENESIS,
    from: first?.at ?? '',
    to: last?.at ?? '',
    milliseconds: first && last ? Date.parse(last.at) - Date.parse(first.at) : 0,
    writes,
    clients: clientsOf(lines, state, writes),
    seqOf: (type) => lines.findLast((line) => line.event.type === type)?.seq ?? null,
  };
}

type WriteEvent = Extract<RunEvent, { readonly operation: string }>;

function writesOf(lines: readonly JournalLine[], operations: ReadonlyMap<string, Operation>): WriteStory[] {
  const told: WriteStory[] = [];
  for (const { seq, event } of lines) {
    if (!isWrite(event)) continue;
    if (event.type === 'write.intended') {
      const operation = operations.get(event.operation);
      told.push({
        id: event.operation, owner: operation?.owner ?? '', title: operation?.title ?? event.operation, undo: event.undo, method: event.method, path: event.path,
        status: null, milliseconds: null, outcome: 'not known: the run ended here', failure: null, seqs: [seq],
      });
      continue;
    }
    const index = told.findLastIndex((write) => write.id === event.operation && write.undo === event.undo);
    const write = told[index];
    if (write) told[index] = { ...write, ...outcomeOf(event), seqs: [...write.seqs, seq] };
  }
  return told;
}

function isWrite(event: RunEvent): event is WriteEvent {
  return event.type.startsWith('write.');
}

function outcomeOf(event: WriteEvent): Partial<WriteStory> {
  switch (event.type) {
    case 'write.intended': return {};
    case 'write.sent': return { status: event.status, milliseconds: event.milliseconds };
    case 'write.verified': return { outcome: event.found === 'look' ? 'found by a look' : 'read back', failure: null };
    case 'write.failed': return { outcome: 'failed', failure: event.failure };
    case 'write.unknown': return { outcome: 'unknown', failure: event.failure };
    case 'write.overwritten': return { outcome: 'overwritten again', failure: event.failure };
    case 'write.kept': return { outcome: 'kept as it was found', failure: null };
    case 'write.looked': return event.found === 'done' ? { outcome: 'found by a look', failure: null } : { outcome: event.found === 'not-done' ? 'not done' : 'something else is there' };
  }
}

function clientsOf(lines: readonly JournalLine[], state: RunState, writes: readonly WriteStory[]): ClientStory[] {
  const groups = state.plan?.groups ?? [];
  const left = [...new Set(state.differences.map((difference) => difference.owner))].filter((owner) => !groups.some((group) => group.owner === owner));
  const told = groups.map(({ owner, operations }): ClientStory => {
    const own = writes.filter((write) => write.owner === owner);
    const proofs = state.proofs[owner] ?? [];
    const accepted = state.accepted[owner] ?? null;
    const provedAt = lines.findLast(({ event }) => event.type === 'prove.done' && event.owner === owner)?.seq ?? null;
    const statuses = operations.map((operation) => state.writes[operation.id] ?? 'planned');
    const verdict = (): ClientStory['verdict'] => {
      if (statuses.includes('undone')) return 'taken back';
      if (state.skipped.includes(owner)) return 'left';
      if (statuses.some((status) => status === 'failed' || status === 'diverged' || status === 'unknown')) return 'failed';
      if (statuses.includes('kept')) return 'left';
      if (statuses.some((status) => status !== 'verified')) return 'unfinished';
      if (proofs.length === 0) return 'restored';
      if (proofs.every((proof) => proof.outcome === 'proven')) return 'proven';
      return accepted === null ? 'not proven' : 'accepted';
    };
    return { owner, writes: own, planned: operations.length, proofs, provedAt, accepted, verdict: verdict() };
  });
  return [...told, ...left.map((owner): ClientStory => ({ owner, writes: [], planned: 0, proofs: [], provedAt: null, accepted: null, verdict: 'left' }))];
}

/** How many clients have one of these verdicts. */
export function countOf(story: Story, ...verdicts: readonly ClientStory['verdict'][]): number {
  return story.clients.filter((client) => verdicts.includes(client.verdict)).length;
}
