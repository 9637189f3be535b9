import { Gauge, type Registry } from 'prom-client'

export interface SampledGauge<L extends string> {
  name: string
  help: string
  labelNames?: readonly L[]
  registers: Registry[]
  /** The current samples. It is called at each scrape. A gauge without samples is not shown, and so is a value that is undefined. */
  samples: () => Iterable<{ labels?: Partial<Record<L, string>>; value: number | undefined }>
}

/** A gauge whose samples are taken at each scrape, so that what no longer exists is no longer shown. */
export function sampledGauge<L extends string>({ name, help, labelNames = [], registers, samples }: SampledGauge<L>): void {
  new Gauge({
    name,
    help,
    labelNames,
    registers,
    collect() {
      this.reset()
      // Otherwise a gauge without labels has the value 0.
      if (labelNames.length === 0) this.remove()
      for (const { labels = {}, value } of samples()) if (value !== undefined) this.set(labels as Record<L, string>, value)
    },
  })
}
