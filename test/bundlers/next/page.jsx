'use client';
import { useEffect } from 'react';
// Rendered on the server too, which loads what it imports.
import { inference } from '../src/app.mjs';

export default function Page() {
  useEffect(() => void import('../src/page.mjs'), []);
  return <p>{Object.keys(inference).join(' ')}</p>;
}
