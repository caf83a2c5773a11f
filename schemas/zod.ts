/**
 * The one place zod is configured. The edge forbids `new Function`, which zod would otherwise use to
 * speed up object parsing, so every schema is built on this import and never on 'zod' itself.
 */
import * as z from 'zod';

z.config({ jitless: true });

export { z };
