import { describe, it } from 'vitest';
import { SIGNALS, tryCell } from './cell.ts';
import { STATES } from './states.ts';

describe.each(['ink', 'plain'] as const)('in the %s front end', (mode) => {
  describe.each(STATES.filter(({ only }) => only === undefined || only === mode))('at $name', (state) => {
    it.concurrent.each(SIGNALS)('%s', (signal) => tryCell(mode, state, signal), 180_000);
  });
});
