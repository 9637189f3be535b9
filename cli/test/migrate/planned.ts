import { parseText } from '../../src/migrate/input/parse-text.ts'
import { migrate } from '../../src/migrate/migrate.ts'
import type { Plan } from '../../src/migrate/plan.ts'
import { toolNamed } from '../../src/migrate/tools/tools.ts'

/** The plan for a tool's manifests or settings. */
export function planned(name: string, text: string, namespace = 'default'): Plan {
  return migrate(toolNamed(name), parseText(text, { namespace }), { namespace })
}

/** The commands of one part. */
export function commandsOf({ steps }: Plan, phase: string): string[] {
  return steps.filter(step => step.phase === phase).map(({ command }) => command)
}
