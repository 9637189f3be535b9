import { parseYaml } from '@ecr-anywhere/shared/yaml.ts'
import { shownValue, yamlProblem } from '@ecr-anywhere/shared/yaml-problem.ts'
import * as z from 'zod'

const text = (wanted: string) => z.string(wanted).min(1, wanted)

const fileSchema = z.strictObject(
  {
    keepVersions: z
      .number('a whole number of at least 2')
      .int('a whole number of at least 2')
      .min(2, 'a whole number of at least 2')
      .optional(),
    targets: z
      .array(
        z.strictObject({
          project: text('the ID of a project').optional(),
          location: text('a location of Artifact Registry').optional(),
          repository: text('the name of a remote repository'),
          secret: text('the name of a secret').optional(),
          secretProject: text('the ID of a project').optional(),
          region: text('an AWS region').optional(),
          roleArn: text('the ARN of a role').optional(),
          username: text('a user name').optional(),
        }),
        'a list of targets',
      )
      .min(1, 'at least one target, or no such key')
      .optional(),
  },
  'a map with `targets`',
)

type TargetsFile = z.output<typeof fileSchema>

/**
 * Reads the file that TARGETS_FILE names. Keys that a target lacks have the values of the variables.
 *
 * @param content undefined if the variable is not set
 * @returns the file, and its problems in the form `TARGETS_FILE.path: found …, wanted …`. If there are any, the file has no targets
 * @throws Fault `settings` if it is not YAML
 */
export function readTargetsFile(content: string | undefined): TargetsFile & { problems: string[] } {
  if (content === undefined) return { problems: [] }
  const given = parseYaml('TARGETS_FILE', content)
  const read = fileSchema.safeParse(given)
  if (read.success) return { ...read.data, problems: [] }
  const file = { name: 'TARGETS_FILE', given, show: shownValue }
  return { targets: [], problems: read.error.issues.map(issue => yamlProblem(issue, file)) }
}
