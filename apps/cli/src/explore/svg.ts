/** A graph as a picture: Graphviz itself, compiled to WebAssembly, loaded when a picture is wanted. */
export async function svgOf(dot: string): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  return (await instance()).renderString(dot, { format: 'svg' });
}
