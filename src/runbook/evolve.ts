import type { RunEvent, RunInfo, RunSettings, RunState, StepName, StepState, Trouble, WriteStatus } from './model.ts';
import { answerWhole } from '../realm/choice.ts';
import { choicesAgain, missingChoices, presetChoices } from './choices.ts';
import { changedMeanwhile, lookedAtAnew, proofsAnew } from './meanwhile.ts';
import { brokenPauses, evolveCluster } from './cluster-state.ts';
import type { ClusterEvent } from './cluster-events.ts';
import { place } from './cluster.ts';
import { freezeLine, takenBack, thawLine } from './cluster-lines.ts';
import { stillPausedLine } from './paused.ts';
import { isThawedEarly, thawAhead, undoBegun, writeUndone, writeVerified } from './taken-back.ts';
import { accountLine, captureLine, chooseLine, compareLine, connectLine, evidenceLine, exportLine, proveLine, restoreLine } from './lines.ts';

type Event<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
type Evolvers = { readonly [T in RunEvent['type']]: (state: RunState, event: Event<T>) => RunState };

/** The state after an event; the fold behind every journal. Pure and total: an event that does not fit changes nothing. */
export function evolve(state: RunState, event: RunEvent): RunState {
  const change = EVOLVERS[event.type] as ((state: RunState, event: RunEvent) => RunState) | undefined;
  return change ? change(state, event) : state;
}

function finish(state: RunState, step: StepName, line: string, status: StepState['status'] = 'done'): RunState {
  return { ...state, steps: { ...state.steps, [step]: { status, line } } };
}

function write(state: RunState, operation: string, status: WriteStatus, trouble?: Trouble): RunState {
  const { [operation]: _over, ...others } = state.troubles;
  const settled = status === 'undone' ? writeUndone(state, operation) : status === 'verified' ? writeVerified(state, operation) : { ...state, writes: { ...state.writes, [operation]: status } };
  const changed = { ...settled, troubles: trouble === undefined ? others : { ...others, [operation]: trouble } };
  const warned = Object.values(changed.writes).some((so) => so === 'failed' || so === 'diverged' || so === 'undone');
  return finish(changed, 'restore', restoreLine(changed), warned ? 'warned' : 'done');
}

const clusterEvent = (state: RunState, event: ClusterEvent): RunState => ({ ...state, cluster: evolveCluster(state.cluster, event) });

/** Before anything is paused for good, the writer is looked for anew; what was paused already is known. */
const lookAgain = ({ cluster }: RunState): RunState['cluster'] => ({ ...cluster, sight: null, pause: null, terminate: null, ended: null, checks: [] });

function resumed(state: RunState, mode: RunInfo['mode'], settings: RunSettings): RunState {
  return {
    ...state,
    run: state.run && { ...state.run, mode, settings: { ...settings, evidence: state.run.settings.evidence } },
    stopped: null,
    failure: null,
    finished: null,
    troubles: {},
    ...(state.settled && state.plan === null ? { choices: choicesAgain(state, settings) } : {}),
    writes: lookedAtAnew(state),
    proofs: proofsAnew(state),
    ...(state.frozen === undefined || brokenPauses(state.cluster).length > 0 ? { cluster: lookAgain(state), frozen: undefined } : {}),
  };
}

const nothingSaid = 'nobody said that the writer is paused: it may strike again';

const EVOLVERS: Evolvers = {
  'run.started': (state, { run }) => ({ ...state, run }),
  'run.resumed': (state, { mode, settings }) => resumed(isThawedEarly(state) ? thawAhead(state, lookAgain) : state, mode, settings),
  'connect.succeeded': (state, { connection }) =>
    finish({ ...state, connection }, 'connect', connectLine(connection), connection.rights.some((right) => right.allowed === false) ? 'warned' : 'done'),
  'freeze.begun': clusterEvent,
  'thaw.begun': clusterEvent,
  'cluster.remembered': clusterEvent,
  'cluster.seen': clusterEvent,
  'pause.answered': clusterEvent,
  'resume.answered': (state, event) => {
    const answered = clusterEvent(state, event);
    return event.resume ? answered : finish({ ...answered, thaw: { statement: null, equal: null } }, 'thaw', stillPausedLine(state), 'skipped');
  },
  'terminate.answered': clusterEvent,
  'operations.ended': (state, event) => {
    const ended = event.running.length === 0 ? `; its running operation was ended` : `; its operation STILL RUNS: ${event.running.map(place).join(', ')}`;
    return finish(clusterEvent(state, event), 'freeze', `${state.steps.freeze.line ?? ''}${ended}`, event.running.length === 0 ? 'done' : 'warned');
  },
  'safe.answered': clusterEvent,
  'restart.answered': clusterEvent,
  'restart.awaited': clusterEvent,
  'restart.checked': (state, event) => {
    const checked = clusterEvent(state, event);
    const equal = event.realm.noOp !== false;
    return finish({ ...checked, thaw: { ...state.thaw, equal: equal && state.thaw.equal !== false } }, 'thaw', `${state.steps.thaw.line ?? ''} · after a restart of ${event.objects.map(place).join(', ')}: realm ${equal ? 'no-op' : 'CHANGED'}`, equal ? 'done' : 'failed');
  },
  'patch.intended': clusterEvent,
  'patch.sent': clusterEvent,
  'patch.failed': clusterEvent,
  'pause.checked': (state, event) => {
    const checked = clusterEvent(state, event);
    const broken = brokenPauses(checked.cluster);
    // What was taken back before the capture is no freeze.
    if (broken.length > 0 && Object.keys(state.snapshots).length === 0) return { ...checked, frozen: undefined };
    if (broken.length > 0 && state.frozen !== undefined) {
      const failure = takenBack(broken);
      return finish({ ...checked, failure: { step: 'freeze', failure } }, 'freeze', failure.title, 'failed');
    }
    if (!event.checks.every(({ holds }) => holds)) return checked;
    const line = freezeLine(checked.cluster);
    if (state.frozen === undefined) return finish({ ...checked, frozen: line }, 'freeze', line);
    return event.after === undefined ? checked : finish(checked, 'freeze', `${line}; holds, looked at again after ${event.after} s`);
  },
  'sync.awaited': clusterEvent,
  'sync.abandoned': clusterEvent,
  'sync.watched': (state, event) =>
    finish({ ...clusterEvent(state, event), thaw: { statement: event.ok ? 'automation is on again' : 'the writer is paused again', equal: event.ok } }, 'thaw', thawLine(event), !event.ok ? 'failed' : event.note === undefined ? 'done' : 'warned'),
  'freeze.stated': (state, { statement }) =>
    finish({ ...state, frozen: statement }, 'freeze', statement ? `stated: ${statement}` : nothingSaid, statement ? 'done' : 'warned'),
  'capture.succeeded': (state, { captured }) => {
    const snapshots = { ...state.snapshots, [captured.label]: captured };
    // The second capture, after the caches were cleared, is judged anew.
    const triage = captured.label === 'live-before' ? null : state.triage;
    return captured.label === 'live-after' ? { ...state, snapshots } : finish({ ...state, snapshots, triage }, 'capture', captureLine(captured));
  },
  'triage.found': (state, { triage }) =>
    finish({ ...state, triage }, 'triage', `${triage.title}: ${triage.promise}`, triage.sessionsAlive === false || triage.staleCache.length > 0 ? 'warned' : 'done'),
  'caches.confirmed': (state) => ({ ...state, caches: 'confirmed' }),
  'caches.left': (state) => ({ ...state, stopped: { reason: 'undecided', note: 'the stale cache was left as it is; nothing can be restored before it is cleared' } }),
  'caches.intended': (state) => ({ ...state, caches: 'intended' }),
  'caches.cleared': (state) => ({ ...state, caches: 'cleared' }),
  'evidence.found': (state, { candidates }) => ({ ...state, candidates }),
  'evidence.chosen': (state, { specs }) => (specs.length > 0 ? { ...state, evidenceSpecs: specs } : state),
  'evidence.read': (state, { evidence }) => finish({ ...state, evidence }, 'evidence', evidenceLine(evidence)),
  'compare.done': (state, { differences, order, unseen = [] }) => {
    const choices = state.run ? presetChoices(differences, state.run.settings) : {};
    const compared = finish({ ...state, compared: true, differences, unseen, order, choices }, 'compare', compareLine(differences, unseen), unseen.length > 0 ? 'warned' : 'done');
    if (differences.length > 0) return compared;
    return ['choose', 'restore', 'prove'].reduce((so, step) => finish(so, step as StepName, 'nothing to do', 'skipped'), compared);
  },
  'choice.made': (state, { choices }) => (state.settled ? state : { ...state, choices: answerWhole(state.differences, choices, state.choices) }),
  'order.moved': (state, { owners }) => {
    const moved = owners.flatMap((owner) => state.order.filter((entry) => entry.owner === owner));
    return state.settled || moved.length !== state.order.length ? state : { ...state, order: moved };
  },
  'choices.settled': (state) =>
    missingChoices(state.differences, state.choices).length > 0 ? state : finish({ ...state, settled: true }, 'choose', chooseLine(state)),
  'plan.made': (state, { plan }) => ({ ...state, plan }),
  'probe.chosen': (state, { user }) => ({
    ...state,
    probeUser: user,
    // Proofs that failed are tried again with the new user.
    proofs: Object.fromEntries(Object.entries(state.proofs).filter(([owner, proofs]) => state.accepted[owner] !== undefined || !proofs.some((proof) => proof.outcome === 'not-proven'))),
  }),
  'group.confirmed': (state, { owner, all }) => {
    const owners = state.plan?.groups.map((group) => group.owner) ?? [];
    return { ...state, confirmed: [...state.confirmed, ...(all ? owners.slice(owners.indexOf(owner)) : [owner])] };
  },
  'group.skipped': (state, { owner }) => ({ ...state, skipped: [...state.skipped, owner] }),
  'write.intended': (state, { operation }) => write(state, operation, 'intended'),
  'write.sent': (state, { operation }) => write(state, operation, 'sent'),
  'write.verified': (state, { operation, undo, ids }) => write({ ...state, madeIds: { ...state.madeIds, ...ids } }, operation, undo ? 'undone' : 'verified'),
  'write.failed': (state, { operation, failure }) => write(state, operation, 'failed', { failure, images: [] }),
  'write.unknown': (state, { operation, failure }) => write(state, operation, 'unknown', { failure, images: [] }),
  'write.looked': (state, { operation, undo, found, images }) => {
    if (found === 'done') return write(state, operation, undo ? 'undone' : 'verified');
    if (found === 'something-else') return write(state, operation, 'diverged', { failure: undo ? null : changedMeanwhile(state, operation), images });
    // Left dangling by a crash and seen not to have happened: it is still to be done. In the run that lost the answer
    // the request may yet arrive, so there a person decides.
    return state.writes[operation] === 'unknown' ? write(state, operation, 'failed', state.troubles[operation]) : write(state, operation, 'planned');
  },
  'write.overwritten': (state, { operation, failure, images, captured }) =>
    write(captured === null ? state : { ...state, snapshots: { ...state.snapshots, [captured.label]: captured } }, operation, 'diverged', { failure, images }),
  'write.kept': (state, { operation }) => write(state, operation, 'kept'),
  'prove.done': (state, { owner, proofs }) => {
    const proven = { ...state, proofs: { ...state.proofs, [owner]: proofs } };
    return finish(proven, 'prove', proveLine(proven), Object.values(proven.proofs).flat().every((proof) => proof.outcome === 'proven') ? 'done' : 'warned');
  },
  'proof.accepted': (state, { owner, reason }) => ({ ...state, accepted: { ...state.accepted, [owner]: reason } }),
  'account.done': (state, { account }) => finish({ ...state, account }, 'account', accountLine(account), account.ok ? 'done' : 'failed'),
  'export.done': (state, { exported }) => finish({ ...state, exported }, 'export', exportLine(exported), exported.applyCheck?.ok === false ? 'warned' : 'done'),
  'export.skipped': (state, { because }) => finish({ ...state, exportSkipped: because }, 'export', because, 'skipped'),
  'thaw.stated': (state, { statement }) =>
    finish({ ...state, thaw: { statement, equal: null } }, 'thaw', statement ? `stated: ${statement}` : stillPausedLine(state), statement ? 'active' : 'skipped'),
  'thaw.checked': (state, { equal }) =>
    finish({ ...state, thaw: { ...state.thaw, equal } }, 'thaw', `${state.thaw.statement ?? ''}: realm fingerprint ${equal ? 'unchanged' : 'CHANGED'}`, equal ? 'done' : 'failed'),
  'step.failed': (state, { step, failure }) => finish({ ...state, failure: { step, failure } }, step, failure.title, 'failed'),
  'step.retried': (state, { step }) => ({
    ...state,
    failure: null,
    troubles: {},
    // Rights and controllers may be others by now.
    ...(step === 'freeze' ? { cluster: lookAgain(state), frozen: undefined } : {}),
    // Reading evidence again means choosing it again: the same choice would only fail the same way.
    ...(step === 'evidence' ? { evidenceSpecs: null, candidates: null, run: state.run && { ...state.run, settings: { ...state.run.settings, evidence: [] } } } : {}),
    // A plan that was refused is made anew from choices that can be changed before.
    ...(step === 'choose' ? { settled: false } : {}),
    ...(step === 'restore' ? { writes: lookedAtAnew(state), proofs: proofsAnew(state) } : {}),
  }),
  'run.stopped': (state, { reason, note }) => ({ ...state, stopped: { reason, note } }),
  'run.finished': (state, { exit, summary }) => finish({ ...state, finished: { exit, summary } }, 'transcript', 'transcript.md  transcript.json  transcript.cast'),
  'undo.started': undoBegun,
  'undo.finished': (state, { undone, left }) => ({ ...state, stopped: { reason: 'undone', note: `${undone} writes taken back, ${left.length} not` } }),
  'journal.recovered': (state) => state,
};
