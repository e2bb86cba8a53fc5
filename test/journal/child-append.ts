// Appends for ever and says after each fsync which line is safe. The parent kills it.
import { writeSync } from 'node:fs';
import { createSession } from '../../src/journal/store.ts';
import { RescueError } from '../../src/realm/errors.ts';
import { someEvents } from './helpers.ts';

const [directory = '', id = '', limit = '1000000'] = process.argv.slice(2);
try {
  const store = createSession({ directory, id, now: Date.now });
  for (const event of someEvents(Number(limit))) writeSync(1, `${store.append(event).seq}\n`);
} catch (error) {
  if (!(error instanceof RescueError)) throw error;
  writeSync(2, JSON.stringify({ code: error.code, title: error.message, next: error.next }));
  process.exitCode = 42;
}
