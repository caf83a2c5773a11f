import { createConcierge } from '#client/concierge.ts';
import type { UnitModule } from '../unit-contract.ts';
import { importUnit } from './federation.ts';

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
}

function slotFor(category: string): HTMLElement {
  const slot = document.querySelector<HTMLElement>(`[data-category="${category}"]`);
  const element = document.createElement('div');
  (slot ?? document.querySelector('main') ?? document.body).append(element);
  return element;
}

function showPlaceholder(element: HTMLElement): void {
  const text = document.createElement('p');
  text.className = 'placeholder';
  text.dataset.unavailable = '';
  text.textContent = 'This part is unavailable';
  element.replaceChildren(text);
}

function showVersions(text: string): void {
  const line = document.querySelector('[data-versions]');
  if (line) line.textContent = text;
}

const apartment = meta('concierge-apartment');
const concierge = createConcierge({
  edge: meta('concierge-edge'),
  apartment,
  importUnit,
  preview: new URLSearchParams(location.search).get('preview'),
});

/** Puts one building's unit on the page; answers what the footer says of it. */
async function open(building: string, category: string): Promise<string> {
  const element = slotFor(category);
  const start = performance.now();
  try {
    const { unit, module } = await concierge.load<UnitModule>(building);
    try {
      module.mount(element, {
        version: unit.version,
        reportError: (error) => concierge.reportError(building, error),
        reportFeedback: (score) => concierge.reportFeedback(building, score),
      });
      concierge.reportLatency(building, performance.now() - start);
    } catch (error) {
      concierge.reportError(building, error);
      showPlaceholder(element);
    }
    return `${building} ${unit.version}`;
  } catch (error) {
    console.warn(`${building} could not be loaded`, error);
    showPlaceholder(element);
    return `${building} unavailable`;
  }
}

try {
  const manifest = await concierge.manifest();
  const buildings = Object.values(manifest.apartments[apartment]?.buildings ?? {});
  const versions = await Promise.all(buildings.map(({ name, category }) => open(name, category)));
  showVersions([...versions, `revision ${manifest.version}`].join(' · '));
} catch (error) {
  console.warn('The edge gave no manifest', error);
  for (const category of ['header', 'main', 'sidebar']) showPlaceholder(slotFor(category));
  showVersions('The shop is resting; please come back in a moment.');
}
document.documentElement.dataset.ready = 'true';
