import { clients } from './clients.ts';
import { core } from './core.ts';
import type { Family } from './family.ts';
import { flows } from './flows.ts';
import { groups } from './groups.ts';
import { providers } from './providers.ts';
import { settings } from './settings.ts';

/** Every kind of realm object; later families may build on what earlier ones made. */
export const FAMILIES: readonly Family[] = [core, clients, flows, providers, settings, groups];

/** The families with the damages that are possible on a release. */
export function familiesOn(version: string): readonly Family[] {
  const number = (release: string): number => release.split('.').slice(0, 2).reduce((sum, part) => sum * 1000 + Number(part), 0);
  return FAMILIES.map((family) => ({ ...family, damages: family.damages.filter(({ since }) => since === undefined || number(version) >= number(since)) }));
}
