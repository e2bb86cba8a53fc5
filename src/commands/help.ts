import { EXIT_MEANINGS } from './exit-codes.ts';
import { OPTIONS, type OptionName, type OptionSpec } from './options.ts';
import { COMMANDS, type CommandSpec } from './table.ts';

/** `realm-rescue --help`. */
export function generalHelp(version: string): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  return [
    `realm-rescue ${version}: recover an overwritten Keycloak realm without ending a session`,
    '',
    'Usage: realm-rescue [COMMAND] [FLAGS]',
    '',
    'Commands:',
    ...Object.entries(COMMANDS).map(([name, spec]) => `  ${name.padEnd(width)}  ${spec.summary}`),
    '',
    'First look, nothing needed: realm-rescue demo',
    'Flags of a command:         realm-rescue COMMAND --help',
    '',
    `Exit codes: ${EXIT_MEANINGS.map(([code, meaning]) => `${code} ${meaning}`).join(' · ')}`,
    '',
  ].join('\n');
}

/** `realm-rescue COMMAND --help`. */
export function commandHelp(name: string, spec: CommandSpec): string {
  const left = (option: OptionName) => {
    const definition: OptionSpec = OPTIONS[option];
    return `--${option}${definition.value ? ` ${definition.value}` : ''}`;
  };
  const width = Math.max(...spec.options.map((option) => left(option).length));
  return [
    `realm-rescue ${name}: ${spec.summary}`,
    '',
    `Usage: realm-rescue ${[name, spec.words].filter(Boolean).join(' ')} [FLAGS]`,
    '',
    ...spec.options.map((option) => {
      const definition: OptionSpec = OPTIONS[option];
      return `  ${left(option).padEnd(width)}  ${definition.help}${definition.environment ? ` [${definition.environment}]` : ''}${definition.multiple ? ' (repeatable)' : ''}`;
    }),
    '',
    `Example: ${spec.example}`,
    '',
  ].join('\n');
}
