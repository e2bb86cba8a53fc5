/** What sync windows do that nobody here asked for: ours beyond the application that it is for, and those of others. */
import type { Pause } from '../runbook/cluster.ts';
import { listAt, nameOf, nameOfObject, RESOURCES, shown, shownObject, specOf, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { olderWindows, windowRecord, windowsOfOthers } from '../gitops/controllers/windows.ts';
import type { ClusterApi } from './api.ts';
import { applicationOf, WINDOWS } from './pauses.ts';
import { readable } from './readable.ts';

/** Namesakes in the same project, as far as these credentials may list applications, and windows of an older version that may be for one of them. */
export async function windowNotes(api: ClusterApi, pauses: readonly Pause[]): Promise<readonly string[]> {
  const notes = await Promise.all(pauses.filter(({ means }) => means === 'deny-window').map(async (pause) => {
    const [project, listed] = await Promise.all([
      readable(() => api.get(pause.object)),
      readable(() => api.list(RESOURCES.application, { namespace: null, fieldSelector: `metadata.name=${pause.application ?? ''}` })),
    ]);
    const others = (listed === 'refused' ? [] : listed?.items ?? []).flatMap((object) => {
      const name = nameOfObject(object);
      const inProject = (textAt(object, 'spec', 'project') ?? 'default') === pause.object.name && (textAt(object, 'status', 'controllerNamespace') ?? name?.namespace) === pause.object.namespace;
      return name !== null && inProject && specOf(name) !== pause.id ? [shown(name)] : [];
    });
    const older = project === 'refused' || project === null ? [] : olderWindows(listAt(project, ...WINDOWS), applicationOf(pause));
    return [
      ...(others.length === 0 ? [] : [`the deny window in ${shown(pause.object)} stops ${others.join(' and ')} as well: Argo CD knows an application in a window by its name alone`]),
      ...older.map((window) => `${shown(pause.object)} has a deny window ${windowRecord(window) === null ? 'of realm-rescue' : `of record ${windowRecord(window) ?? ''}`} for an application ${pause.application ?? ''}, without its namespace: it is left to that record, and stops every application of that name in the project until it is taken out`),
    ];
  }));
  return notes.flat();
}

/** Why an application may not sync although it is let run; null where no window of others speaks of it, or its project may not be read. */
export async function heldByWindow(api: ClusterApi, application: KubeObject): Promise<string | null> {
  const name = nameOf('appproject', textAt(application, 'status', 'controllerNamespace') ?? application.metadata.namespace ?? null, textAt(application, 'spec', 'project') ?? 'default');
  const project = await readable(() => api.get(name));
  const windows = project === null || project === 'refused' ? [] : windowsOfOthers(listAt(project, ...WINDOWS), application);
  return windows.length === 0 ? null : `${shown(name)} has sync windows for ${shownObject({ kind: 'Application', ...application })} that are not of realm-rescue (${windows.join('; ')}): while they forbid a sync, none starts`;
}
