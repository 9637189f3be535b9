import { buildServices } from './build-services.ts'
import { cloudRun } from './cloud-run.ts'
import { gke } from './gke.ts'
import { plainCluster } from './plain-cluster.ts'
import { rosa } from './rosa.ts'

/** The set-ups for which there is an example in `deploy/terraform/examples`, by the name of its folder. */
export const setUps = {
  'plain-cluster': plainCluster,
  gke,
  'cloud-run': cloudRun,
  'github-cloud-build': buildServices,
  'rosa-cross-account': rosa,
}
