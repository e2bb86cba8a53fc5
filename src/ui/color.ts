/**
 * Makes NO_COLOR mean what it says. chalk, which Ink draws with, ignores NO_COLOR on purpose (chalk/chalk#547) and
 * reads FORCE_COLOR once, while it is imported; so this has to run before the first import of Ink, and this file imports nothing.
 *
 * @param env   `process.env`; FORCE_COLOR is set in place when NO_COLOR asks for it and nobody has set FORCE_COLOR.
 * @param argv  `process.argv`; `--no-color` counts like NO_COLOR and beats FORCE_COLOR.
 */
export function prepareColor(env: Record<string, string | undefined>, argv: readonly string[] = []): void {
  const flag = argv.includes('--no-color');
  const asked = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  if (flag || (asked && env['FORCE_COLOR'] === undefined)) env['FORCE_COLOR'] = '0';
}
