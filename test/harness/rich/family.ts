import type { Json } from '../../../src/realm/json.ts';
import type { AdminCalls } from '../../../src/sandbox/incident/calls.ts';

/**
 * Some kinds of realm object, as the property test on a real Keycloak sees them: how to make them, how to destroy them one by one,
 * and how to read them without anything of the tool. Families are independent: one may name another's objects, but damages only its own.
 */
export interface Family {
  readonly name: string;
  /** The top-level fields of a realm file that hold objects of this family: what a hand-written file about them states. `others`: all that no other family names. */
  readonly fields: readonly string[] | 'others';
  /** Makes objects of every kind of the family that the server has in a realm that exists and has what earlier families made. Plain REST. */
  build(calls: AdminCalls): Promise<void>;
  /** Single damages. Any subset of them, in any order, can be applied: one whose target is gone already does nothing. */
  readonly damages: readonly Damage[];
  /**
   * Everything of the family by name, without ids (Keycloak makes some of them new), in a fixed order: equal before the damage and
   * after the restore, equal after the damage and after the undo. Shares no code with the tool's own capture.
   */
  read(calls: AdminCalls): Promise<Json>;
}

export interface Damage {
  /** Unique over all families: `group /platform/ops deleted`. */
  readonly name: string;
  apply(calls: AdminCalls): Promise<void>;
  /** The oldest release on which there is what it destroys, as `26.0`; all where it is left out. */
  readonly since?: string;
  /** The least evidence that can bring it back; a hand-written file where it is left out. */
  readonly needs?: Needs;
}

/**
 * snapshot: an export is ambiguous about it. whole: a full export or a snapshot; a partial export masks it or leaves it out. export: a
 * hand-written file says nothing about what was only added, such as a description.
 */
export type Needs = 'snapshot' | 'whole' | 'export';
