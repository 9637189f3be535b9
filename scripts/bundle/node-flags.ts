/**
 * What node is started with in the image and in benches. Measured on the bundled webhook, 32 connections, 2 cores: without it the young
 * generation grows by itself and memory reaches 150 to 180 MB, with it 130 to 140 MB at the same 2,000 to 2,400 reviews a second.
 * 1 and 2 MB promote what would soon be dead (145 to 160 MB, and fewer reviews a second). The old generation is left to Node, which sizes
 * it by the container's memory limit. Source maps (--enable-source-maps) would cost another 25 MB, so they are read off line.
 */
export const nodeFlags = ['--max-semi-space-size=8']
