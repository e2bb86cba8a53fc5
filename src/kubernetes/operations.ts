/** What a controller did since a moment, over every look at it: a second operation writes over the results of the first, and a self-heal follows a sync at once (verified-kube.md 4.1). */
import type { ControllerBefore } from '../runner/cluster.ts';
import type { SyncedObject, SyncView } from '../gitops/controllers/controller.ts';

/** What happened between the resume and the last look. */
export interface Did {
  /** It moved at all. */
  readonly acted: boolean;
  readonly changed: readonly SyncedObject[];
  readonly hooks: readonly SyncedObject[];
  /** Whole syncs that began and ended between two looks: nobody saw what they did. */
  readonly unseen: number;
}

/** @param was  the controller before it ran again */
export function operationsSince(was: ControllerBefore | undefined): { see(view: SyncView): void; did(): Did } {
  const changed = new Map<string, SyncedObject>();
  const hooks = new Map<string, SyncedObject>();
  const whole = new Set<string>();
  let acted = false;
  let entries: SyncView['entries'] = [];
  // An operation of ours that ran is ended before anything runs again; one of somebody else goes on.
  // The mark is a second, in which one may have begun and ended before; the entry that a whole sync leaves tells them apart.
  const isNew = ({ mark, history }: SyncView): boolean => mark !== was?.mark || (was.running && was.ours === false) || (was.history !== undefined && (history ?? -1) > (was.history ?? -1));
  const key = ({ mark }: SyncView, { kind, namespace, name }: SyncedObject): string => [mark, kind, namespace, name].join(' ');
  return {
    see: (view) => {
      ({ entries } = view);
      if (!isNew(view)) return;
      acted = true;
      if (view.whole) whole.add(view.mark);
      for (const object of view.changed) changed.set(key(view, object), object);
      for (const hook of view.hooks) hooks.set(key(view, hook), hook);
    },
    did: () => {
      // Each whole sync that succeeds leaves one entry, which tells when it began: a self-heal may follow within the same second.
      const fresh = was?.history === undefined ? [] : entries.filter(({ number }) => number > (was.history ?? -1));
      const unseen = fresh.filter(({ began }) => (began === null ? whole.size === 0 : !whole.has(began))).length;
      return { acted: acted || unseen > 0, changed: [...changed.values()], hooks: [...hooks.values()], unseen };
    },
  };
}
