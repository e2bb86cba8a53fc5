import { evolve } from './evolve.ts';
import { initialState } from './initial.ts';
import type { RunEvent, RunState, Step } from './model.ts';
import { next } from './next.ts';

/** The runbook: what a run becomes by an event, and what it asks the world for next. Pure. */
export function transition(state: RunState, event: RunEvent): Step {
  return settle(evolve(state, event));
}

/** Where a state stands: the step it is in, the question it waits for, or the effects to perform beside each other. */
export function settle(state: RunState): Step {
  const now = next(state);
  const steps = 'ended' in now || state.steps[now.step].status !== 'pending' ? state.steps : { ...state.steps, [now.step]: { ...state.steps[now.step], status: 'active' as const } };
  const placed: RunState = { ...state, step: now.step, steps, question: 'question' in now ? now.question : null };
  return { state: placed, effects: 'effects' in now ? now.effects : [] };
}

/** The state that a journal's events lead to. */
export function replay(events: readonly RunEvent[]): RunState {
  return settle(events.reduce(evolve, initialState())).state;
}

export { evolve } from './evolve.ts';
