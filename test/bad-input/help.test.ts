// The example below each command's help is the first thing that a person copies: every flag of it is one that the command takes.
import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/table.ts';
import { runTool } from '../harness/tool.ts';

const examples = Object.entries(COMMANDS).map(([name, { example }]) => [name, example] as const);

it.concurrent.each(examples)('%s: %s', async (name, example) => {
  const help = await runTool([name, '--help']);
  expect(help).toMatchObject({ exit: 0, stderr: '' });
  expect(help.stdout).toContain(`Example: ${example}\n`);
  const [tool, ...args] = example.split(' ');
  expect(tool).toBe('realm-rescue');
  expect(args[0]).toBe(name);
  expect(await runTool([...args, '--help'])).toMatchObject({ exit: 0, stderr: '' });
});
