import type { TestProject } from 'vitest/node';
import { startKeycloak } from './keycloak.ts';

/** Starts the one server that the files of the real suite share, and stops it after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const keycloak = await startKeycloak({ database: 'postgres' });
  project.provide('keycloak', { url: keycloak.url, ...keycloak.admin, version: keycloak.version });
  return () => keycloak.stop(project.vitest.state.getCountOfFailedTests() > 0);
}
