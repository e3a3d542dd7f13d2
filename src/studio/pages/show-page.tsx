import { render, type ComponentChild, type ComponentType } from 'preact';
import { lazy } from '../parts/lazy.js';
import { Screen } from '../parts/screen.js';
import { pageModel } from '../files/page-model.js';

/**
 * Shows a page that holds one model: its title, and what one does with the model.
 * @param lead a sentence on what it is for
 * @param load opens the model
 */
export function showPage<Model>(
  lead: string | ((model: Model) => string),
  load: (bytes: Uint8Array) => Promise<Model>,
  show: (model: Model) => ComponentChild,
): void {
  const title = document.title;
  const Page: ComponentType = lazy(async () => {
    const model = await load(await pageModel());
    return () => (
      <Screen title={title} lead={typeof lead === 'string' ? lead : lead(model)}>
        {show(model)}
      </Screen>
    );
  });
  render(
    <main class="alone">
      <Page />
      <footer class="note">
        Made with seqkit. The model is in this page; what you type, say or hear stays here.
      </footer>
    </main>,
    document.getElementById('app')!,
  );
}
