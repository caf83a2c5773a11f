import { refuse } from '#schemas/problem.ts';

/** The body's text, read no further than `maxBytes` whatever its headers claim; throws the problem `too-large`. */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = (): never => refuse('too-large', `A body may have up to ${maxBytes} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) tooLarge();
  if (!request.body) return '';
  const decoder = new TextDecoder();
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      tooLarge();
    }
    text += decoder.decode(value, { stream: true });
  }
}
