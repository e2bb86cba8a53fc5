import { APPLICATION } from './argo.ts';
import type { ControllerKind } from './controller.ts';
import { HELM_RELEASE, KUSTOMIZATION } from './flux.ts';

/** Every kind of controller that can be paused; a new one is a new file and one line here. */
export const CONTROLLERS: readonly ControllerKind[] = [APPLICATION, KUSTOMIZATION, HELM_RELEASE];

export function controllerKind(kind: string): ControllerKind | undefined {
  return CONTROLLERS.find(({ word }) => word === kind.toLowerCase());
}
