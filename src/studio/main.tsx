import { render } from 'preact';
import { App } from './app.js';
import { isSecondTab } from './state/store.js';
import { applyTheme } from './state/theme.js';

applyTheme();
void isSecondTab().then((isSecond) => render(<App isSecond={isSecond} />, document.getElementById('app')!));
