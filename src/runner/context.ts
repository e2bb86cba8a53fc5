import type { ObjectId, RealmState } from '../realm/model.ts';
import { findSecret } from '../realm/secrets.ts';
import { readState } from '../realm/state.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import type { RunEvent, RunState, SnapshotLabel } from '../runbook/model.ts';
import type { Earlier, Ports, Progress, References } from './ports.ts';

/** What the performer of an effect may use. */
export interface EffectContext {
  readonly ports: Ports;
  state(): RunState;
  /** Journals an event and moves the runbook on. Throws RescueError `disk` when it cannot be journalled. */
  dispatch(event: RunEvent): void;
  progress(progress: Progress | null): void;
  /** Somebody wants the run to stop: what has not left yet does not leave. */
  isInterrupted(): boolean;
  readonly memory: RunMemory;
}

/** What is read from the session directory once and kept; all of it can be read again after a crash. */
export interface RunMemory {
  snapshot(label: SnapshotLabel): Snapshot | undefined;
  /** Keeps a snapshot that this process has just put into a file, so that it is not read and worked through again. */
  keep(file: string, snapshot: Snapshot): void;
  live(): RealmState;
  evidence(): readonly { readonly snapshot: Snapshot; readonly state: RealmState }[];
  /** Reads a source once, however many steps look at it. */
  source(spec: string): Promise<Snapshot>;
  /** Lets go of what can be read again: the record of a large run is written after it, and needs room of its own. */
  forget(): void;
  /** What tokens showed before the restore, by owner; lost in a crash, which costs only the side-by-side picture. */
  readonly before: Map<string, Promise<readonly Earlier[]>>;
  /** When what was restored was last looked at again (milliseconds since the epoch, as `Ports.now`), how many clients were confirmed by then, and whose turn is next; `underWay` while one is being looked at: whether it is gone. */
  readonly looked: { at: number; confirmed: number; next: number; underWay: Promise<boolean> | null };
}

export function openMemory(ports: Ports, state: () => RunState): RunMemory {
  const snapshots = new Map<string, Snapshot>();
  const sources = new Map<string, Promise<Snapshot>>();
  const read = (file: string): Snapshot => {
    const known = snapshots.get(file) ?? ports.store.readSnapshot(file);
    snapshots.set(file, known);
    return known;
  };
  return {
    snapshot: (label) => {
      const captured = state().snapshots[label];
      return captured && read(captured.file);
    },
    keep: (file, snapshot) => void snapshots.set(file, snapshot),
    live: () => {
      const captured = state().snapshots['live-before'];
      if (!captured) throw new Error('the live realm has not been captured yet');
      return readState(read(captured.file));
    },
    evidence: () => {
      const live = state().snapshots['live-before'];
      const eyes = live && read(live.file).representation.settingDescriptions;
      return state().evidence.map(({ file }) => ({ snapshot: read(file), state: readState(read(file), eyes) }));
    },
    source: (spec) => {
      const reading = sources.get(spec) ?? ports.evidence.read(spec, ports.keycloak.realm);
      sources.set(spec, reading);
      // A failure is not kept: the person may mend the file and try again.
      reading.catch(() => sources.delete(spec));
      return reading;
    },
    forget: () => {
      snapshots.clear();
      sources.clear();
    },
    before: new Map(),
    looked: { at: 0, confirmed: 0, next: 0, underWay: null },
  };
}

/** Ids and secrets for the templates of the plan: from the captured realm, from what this run made, from the evidence. */
export function references(context: EffectContext): References {
  const { memory } = context;
  const idOf = (object: ObjectId): string | undefined => context.state().madeIds[object] ?? memory.live().objects.get(object)?.serverId;
  return {
    id: idOf,
    role: (object) => {
      const id = idOf(object);
      const name = memory.live().objects.get(object)?.name ?? memory.evidence().map((entry) => entry.state.objects.get(object)?.name).find(Boolean);
      return id && name ? { id, name } : undefined;
    },
    secret: (object, field, from) => findSecret([...(from === 'live' ? [] : memory.evidence().map((entry) => entry.state)), memory.live()], object, field),
  };
}

/** Every request of the run that was to change something, by method and path as sent. */
export function sentBy({ ports }: EffectContext): readonly { readonly method: string; readonly path: string }[] {
  return ports.store.lines.flatMap(({ event }) => (event.type === 'write.intended' ? [{ method: event.method, path: event.path }] : []));
}
