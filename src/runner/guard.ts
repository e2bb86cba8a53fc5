/** Whether what this run has restored is still there: looked at before the next client is touched, and where a proof fails. */
import { RescueError } from '../realm/errors.ts';
import { differingImages, touchedBy } from '../realm/images.ts';
import type { Image, Operation } from '../realm/model.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import { lasting, strikeOf, type Strike } from '../realm/strike.ts';
import { clock } from '../realm/triage-marks.ts';
import type { Captured } from '../runbook/model.ts';
import { count } from '../runbook/lines.ts';
import { isPending } from '../runbook/restoring.ts';
import { references, sentBy, type EffectContext } from './context.ts';
import { captureLive } from './read.ts';
import { seeObjects } from './see.ts';

/** One restored object is looked at again for so many milliseconds that have passed: about the time that one client takes without a person. */
const EACH = 50;
/** So many at most, and as many after each word of a person, however quickly it came. */
const MOST = 16;

/**
 * Looks at some of what the run has restored before the first write of another client: all of it in turn, for a writer that strikes again
 * undoes whatever its file does not have. What it does behind the last look is found by the account.
 * Gives true, and has told the journal, when one of them is not as it was read back.
 */
export async function isOverwritten(context: EffectContext, owner: string): Promise<boolean> {
  const { memory: { looked }, ports } = context;
  const { plan, writes, confirmed } = context.state();
  if (plan?.groups.find((group) => group.owner === owner)?.operations.some((operation) => !isPending({ writes }, operation))) return false;
  const others = verifiedOf(context).filter((operation) => operation.owner !== owner);
  const earned = confirmed.length !== looked.confirmed ? MOST : Math.floor((ports.now() - looked.at) / EACH);
  const due = Math.min(others.length, MOST, earned);
  // Clients beside each other wait for the same look.
  if (due === 0) return looked.underWay ?? false;
  const turn = Array.from({ length: due }, (_, index) => others[(looked.next + index) % others.length]).filter((operation) => operation !== undefined);
  looked.at = ports.now();
  looked.confirmed = confirmed.length;
  looked.next += due;
  looked.underWay = tellIfGone(context, turn);
  try {
    return await looked.underWay;
  } finally {
    looked.underWay = null;
  }
}

/**
 * After a write that did not go as planned the whole realm is looked at: it may not be the one any more that was captured. What
 * cannot be read then says nothing here, for the write has been told of.
 */
export async function tellIfOverwritten(context: EffectContext, operation: Operation): Promise<void> {
  const around = await lookAround(context);
  const { strike } = around;
  if (strike === null || (strike.gone.length === 0 && !strike.renewed)) return;
  const [gone = operation] = strike.gone;
  const { images } = await seeObjects(context.ports.keycloak, references(context), touchedBy(gone));
  tell(context, { operation: gone, images, restored: strike.gone.length > 0 }, around);
}

/** The same for everything that one client got, where its tokens do not show what they should. */
export async function isOverwrittenUnder(context: EffectContext, owner: string): Promise<boolean> {
  return tellIfGone(context, verifiedOf(context).filter((operation) => operation.owner === owner));
}

function verifiedOf(context: EffectContext): readonly Operation[] {
  const { plan, writes } = context.state();
  return lasting(plan?.groups.flatMap((group) => group.operations) ?? []).filter(({ id }) => writes[id] === 'verified');
}

async function tellIfGone(context: EffectContext, operations: readonly Operation[]): Promise<boolean> {
  const first = await differing(context, operations);
  // A mapper whose first token is just being made can show none of its settings for a moment (docs/decisions/0017).
  const found = first && (await differing(context, [first.operation]));
  if (found === undefined) return false;
  const { operation, images } = found;
  const around = await lookAround(context);
  // Clients beside this one may have come to the same end while the realm was read.
  if (context.state().writes[operation.id] === 'verified') tell(context, { operation, images: images.filter(({ id }) => operation.after.some((image) => image.id === id)), restored: true }, around);
  return true;
}

/** The first of some operations of which the realm does not show what it left. */
async function differing(context: EffectContext, operations: readonly Operation[]): Promise<Pick<Found, 'operation' | 'images'> | undefined> {
  const { images } = await seeObjects(context.ports.keycloak, references(context), operations.flatMap(touchedBy));
  const operation = operations.find(({ after }) => differingImages(images, after).length > 0);
  return operation && { operation, images };
}

interface Found {
  readonly operation: Operation;
  readonly images: readonly Image[];
  /** Whether this run had restored it; else it is the write that met the other realm. */
  readonly restored: boolean;
}

function tell(context: EffectContext, { operation, images, restored }: Found, { captured, strike }: Around): void {
  const what = restored
    ? `The ${operation.title} of ${operation.owner} was restored by this run and is not as it was left: the realm is being overwritten again.`
    : `The ${operation.title} of ${operation.owner} cannot be restored as planned: the realm is not the one that was captured.`;
  const title = `${what} It looks like ${strike?.looks ?? 'a realm that cannot be read any more'}.`;
  context.dispatch({ type: 'write.overwritten', operation: operation.id, undo: false, failure: { code: 'overwritten', title, next: advice(context, captured, strike) }, images, captured });
}

interface Around {
  readonly captured: Captured | null;
  readonly strike: Strike | null;
}

/** Reads the realm as it is now, for the judgement and for the record. A realm that cannot be read is told as such. */
async function lookAround(context: EffectContext): Promise<Around> {
  const before = context.memory.snapshot('live-before');
  try {
    const { captured, snapshot } = await captureLive(context, 'live-overwritten');
    return { captured, strike: before === undefined ? null : judge(context, before, snapshot) };
  } catch (error) {
    if (error instanceof RescueError && error.code !== 'disk') return { captured: null, strike: null };
    throw error;
  }
}

function judge(context: EffectContext, before: Snapshot, now: Snapshot): Strike {
  return strikeOf({ before, now, verified: verifiedOf(context), sent: sentBy(context) });
}

function advice({ memory, state, ports }: EffectContext, captured: Captured | null, strike: Strike | null): readonly string[] {
  if (strike === null) return ['Pause the writer first, or it will strike once more.', 'Look whether the realm is still there; once it can be read, start another run: it captures and compares anew.'];
  const kept = state().snapshots['live-before'];
  const snapshot = kept === undefined ? '' : ` --evidence snapshot:${ports.store.directory}/${kept.file}`;
  const seen = memory.snapshot('live-before')?.capturedAt;
  return [
    `${strike.gone.length} of ${count(strike.of, 'restored object')} ${strike.gone.length === 1 ? 'is' : 'are'} affected; ${strike.because.join('; ')}.`,
    'Pause the writer first, or it will strike once more.',
    ...(!strike.renewed
      ? ['Then go on: everything restored is looked at again, and only what is gone is written again.']
      : [`Then start another run: what is there now has other ids. What existed only live ${seen === undefined ? 'before' : `at ${clock(Date.parse(seen))}`} is in the snapshot of this run; name it behind your evidence:${snapshot}`]),
    ...(captured === null ? [] : [`The realm as it is now: ${captured.file}`]),
  ];
}
