/** Locks of a command, and those of what it pauses: one application has many texts by which --from can name it. */
import { acquireLock, type Lock, type LockRequest } from '../journal/lock.ts';
import { RescueError } from '../realm/errors.ts';
import type { Cluster } from '../runner/cluster.ts';

/** Gives a lock back; one that the disk keeps is named, because other machines would believe it for ever. */
export function giveBack(lock: Lock): void {
  if (!lock.release()) process.stderr.write('The lock of this run cannot be taken away. This machine knows that its process has ended; on others, remove it from the locks directory.\n');
}

export interface PauseLocks {
  /**
   * Holds what these pauses are about, at one API server; what is held already stays so.
   * @param ids  of pauses (`application:argocd/keycloak`), or of their patches (`pause application:argocd/keycloak`)
   * @throws RescueError locked (naming who holds one since when), disk
   */
  take(server: string, ids: readonly string[]): void;
  release(): void;
}

/** @param session  id of the record that the work is for */
export function pauseLocks(directory: string, session: string): PauseLocks {
  const held = new Map<string, Lock>();
  return {
    take: (server, ids) => {
      for (const id of ids) {
        const realm = id.replace(/^(?:pause|resume) /, '');
        const key = JSON.stringify([server, realm]);
        if (!held.has(key)) held.set(key, acquireLock({ directory, url: server, realm, of: 'pause', session, now: Date.now }));
      }
    },
    release: () => {
      for (const lock of held.values()) giveBack(lock);
      held.clear();
    },
  };
}

/** The locks and the record of a command. A signal leaves its work at whatever call it stands, so whoever has started that gives them back. */
export interface Holdings {
  /**
   * The lock of the command itself.
   * @returns the locks of what it pauses or resumes
   * @throws RescueError locked, disk; interrupted where the command has been left
   */
  lock(request: Omit<LockRequest, 'directory' | 'now'>): PauseLocks;
  /** A record that is closed with the rest. */
  keep<T extends { close(): void }>(record: T): T;
  /** Nothing more is intended from now on, what is being sent is ended, and then others may come. */
  leave(cluster: Pick<Cluster, 'close'>): Promise<void>;
}

/** @param directory  of all records */
export function holdings(directory: string): Holdings {
  const locks: Lock[] = [];
  const pauses: PauseLocks[] = [];
  const records: { close(): void }[] = [];
  let over = false;
  // The work goes on for as long as the process does.
  const refuseOver = (): void => {
    if (over) throw new RescueError('interrupted', 'Left before this was locked.', ['Start the same again.']);
  };
  return {
    lock: (request) => {
      refuseOver();
      locks.push(acquireLock({ ...request, directory, now: Date.now }));
      const taken = pauseLocks(directory, request.session);
      pauses.push(taken);
      return {
        ...taken,
        take: (server, ids) => {
          refuseOver();
          taken.take(server, ids);
        },
      };
    },
    keep: (record) => {
      records.push(record);
      return record;
    },
    leave: async (cluster) => {
      over = true;
      for (const record of records) record.close();
      try {
        await cluster.close();
      } finally {
        for (const taken of pauses) taken.release();
        for (const lock of locks) giveBack(lock);
      }
    },
  };
}

/**
 * A cluster in which nothing is paused or resumed that another run is at: it is locked before the first patch of it, and free once the cluster is
 * closed.
 *
 * @param server  that what is paused so far lies at; null: it is known after the first look
 */
export function lockedCluster(cluster: Cluster, locks: PauseLocks, server: string | null): Cluster {
  let address = server;
  const take = (id: string): void => {
    if (address !== null) locks.take(address, [id]);
  };
  return {
    ...cluster,
    look: async (...args) => {
      const sight = await cluster.look(...args);
      address = sight.server;
      return sight;
    },
    preparePause: async (pause, session) => {
      take(pause.id);
      return cluster.preparePause(pause, session);
    },
    prepareResume: async (sent) => {
      take(sent.id);
      return cluster.prepareResume(sent);
    },
    close: async () => {
      try {
        await cluster.close();
      } finally {
        locks.release();
      }
    },
  };
}
