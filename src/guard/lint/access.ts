import type { WriteAccess, Writer } from '../../realm/write-access.ts';

/** Overwriting a realm that people may edit is forbidden, unless nobody is left who can but break-glass accounts. */
export interface AccessRuling {
  readonly realm: string;
  /** `unknown`: nobody was found, but not everything could be looked at. */
  readonly overwriting: 'allowed' | 'forbidden' | 'unknown';
  /** People who may edit the realm and are no break-glass accounts. */
  readonly editors: readonly Writer[];
  readonly breakGlass: readonly Writer[];
  /** Programs: they have no console, and what they write is in somebody's git. */
  readonly serviceAccounts: readonly Writer[];
  readonly unknown: readonly string[];
  /** Break-glass accounts that were named and may not write. */
  readonly powerless: readonly string[];
}

/** @param breakGlass  names of accounts, `NAME` or `REALM/NAME` */
export function ruleOn({ realm, writers, unknown }: WriteAccess, breakGlass: readonly string[]): AccessRuling {
  const isNamed = (writer: Writer): boolean => breakGlass.some((name) => calls(name, writer));
  const people = writers.filter(({ kind }) => kind === 'person');
  const editors = people.filter((writer) => !isNamed(writer));
  return {
    realm, editors, unknown,
    overwriting: editors.length > 0 ? 'forbidden' : unknown.length > 0 ? 'unknown' : 'allowed',
    breakGlass: people.filter(isNamed),
    serviceAccounts: writers.filter(({ kind }) => kind === 'service-account'),
    powerless: breakGlass.filter((name) => !writers.some((writer) => calls(name, writer))),
  };
}

const calls = (name: string, writer: Writer) => name === writer.name || name === fullName(writer);

/** As `--break-glass` takes it: `master/admin`. */
export const fullName = ({ realm, name }: Writer): string => `${realm}/${name}`;

/** More are counted, not named: a default role may make writers of thousands. */
const NAMED = 20;

/** For people, a line each: the ruling first, then who may write and how. */
export function rulingLines({ realm, overwriting, editors, breakGlass, serviceAccounts, unknown, powerless }: AccessRuling): readonly string[] {
  const who = (writers: readonly Writer[], what: string): readonly string[] => [
    ...writers.slice(0, NAMED).map((writer) => `  ${what}: ${fullName(writer)}, through ${writer.through.join('; ')}`),
    ...(writers.length > NAMED ? [`  ${what}: ${writers.length - NAMED} more`] : []),
  ];
  return [
    `${realm}: ${SAID[overwriting]}`,
    ...who(editors, 'may edit'), ...who(breakGlass, 'break-glass'), ...who(serviceAccounts, 'service account'),
    ...unknown.map((sentence) => `  not known: ${sentence}`),
    ...powerless.map((name) => `  break-glass: ${name} is nobody who may edit this realm`),
  ];
}

const SAID: Readonly<Record<AccessRuling['overwriting'], string>> = {
  allowed: 'overwriting is allowed: nobody may edit this realm but break-glass accounts',
  forbidden: 'overwriting is forbidden: people may edit this realm, and it would take their work. Make the imports harmless, or take their roles (--break-glass NAME is who keeps them)',
  unknown: 'overwriting is not shown to be safe: nobody was found who may edit this realm, but not everything could be looked at',
};
