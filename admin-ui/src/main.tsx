import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/signals.css';
import './styles/forms.css';
import './styles/choices.css';
import './styles/dialog.css';
import './styles/page.css';
import './styles/small-pages.css';
import './styles/buildings.css';
import './styles/rollout.css';
import './styles/stepper.css';
import './styles/health.css';
import './styles/records.css';
import './styles/evidence.css';
import './styles/evidence-tables.css';
import './styles/charts.css';
import './styles/simulation.css';
import './styles/policy.css';
import './styles/where.css';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
