import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ShownError } from '../state/shown-error.js';

/** A screen: its title, which takes the focus when one comes to it, and a sentence on what it is for. */
export function Screen({
  title,
  lead,
  children,
}: {
  title: string;
  lead: string;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · seqkit studio`;
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [title]);
  return (
    <>
      <header class="screen-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p class="lead">{lead}</p>
      </header>
      <div class="cards">{children}</div>
    </>
  );
}

/** A part of a screen. */
export function Card({
  title,
  note,
  wide = false,
  children,
}: {
  title: string;
  note?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class={wide ? 'card wide' : 'card'} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {note !== undefined && <p class="note">{note}</p>}
      {children}
    </section>
  );
}

/** What went wrong and what to do, read aloud at once. */
export function ErrorNote({ error }: { error: ShownError | undefined }) {
  if (!error) return null;
  return (
    <div class="error" role="alert">
      <p>{error.message}</p>
      {error.hint !== undefined && <p>{error.hint}</p>}
    </div>
  );
}

/** How far a work is, and what it says of itself. */
export function Progress({ label, share, text }: { label: string; share: number | undefined; text: string }) {
  return (
    <div class="progress">
      <progress aria-label={label} max={1} {...(share !== undefined && { value: share })} />
      <p>{text}</p>
    </div>
  );
}

/** A field with its label above it and what to know of it below. */
export function TextField({
  label,
  value,
  onInput,
  hint,
  list,
  ...rest
}: {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string;
  list?: string;
  placeholder?: string;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        id={id}
        type="text"
        value={value}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        list={list}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** A field of several lines. */
export function TextArea({
  label,
  value,
  onInput,
  rows = 8,
  hint,
  mono = false,
  disabled = false,
}: {
  label: string;
  value: string;
  onInput: (value: string) => void;
  rows?: number;
  hint?: ComponentChildren;
  mono?: boolean;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={rows}
        value={value}
        disabled={disabled}
        spellcheck={false}
        class={mono ? 'mono' : undefined}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** A number to slide, which is said beside its label. */
export function Slider({
  label,
  value,
  min,
  max,
  step,
  shown = String(value),
  onInput,
  disabled = false,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  shown?: string;
  onInput: (value: number) => void;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div class="field slider">
      <label for={id}>{label}</label>
      <output for={id}>{shown}</output>
      <input
        id={id}
        type="range"
        {...{ min, max, step, value, disabled }}
        aria-valuetext={shown}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}

/** One of a few. */
export function Select({
  label,
  value,
  options,
  onInput,
  disabled = false,
}: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onInput: (value: string) => void;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        onChange={(event) => onInput(event.currentTarget.value)}
      >
        {options.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A button; what it does may be the first thing to do on a card. */
export function Button({
  primary = false,
  quiet = false,
  children,
  ...rest
}: {
  primary?: boolean;
  quiet?: boolean;
  onClick?: () => void;
  disabled?: boolean;
  type?: 'button' | 'submit';
  label?: string;
  children: ComponentChildren;
}) {
  const { label, type = 'button', ...others } = rest;
  return (
    <button
      {...others}
      type={type}
      aria-label={label}
      class={primary ? 'primary' : quiet ? 'quiet' : undefined}
    >
      {children}
    </button>
  );
}

/** Takes files: dropped onto it, or chosen by a click or a key. */
export function FilePicker({
  label,
  accept,
  multiple = false,
  onFiles,
  disabled = false,
}: {
  label: string;
  accept: string;
  multiple?: boolean;
  onFiles: (files: readonly File[]) => void;
  disabled?: boolean;
}) {
  const [isOver, setOver] = useState(false);
  const stop = (event: DragEvent): void => event.preventDefault();
  const take = (files: FileList | null | undefined): void => {
    if (files && files.length > 0 && !disabled) onFiles([...files]);
  };
  return (
    <label
      class={isOver ? 'drop over' : 'drop'}
      onDragOver={(event: JSX.TargetedDragEvent<HTMLLabelElement>) => {
        stop(event);
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event: JSX.TargetedDragEvent<HTMLLabelElement>) => {
        stop(event);
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <span>{label}</span>
      <input
        type="file"
        {...{ accept, multiple, disabled }}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
    </label>
  );
}

/** Bars of shares with their names: probabilities, scores. */
export function Bars({
  label,
  rows,
}: {
  label: string;
  rows: readonly { name: string; value: number; shown: string; muted?: boolean }[];
}) {
  const most = Math.max(1e-9, ...rows.map(({ value }) => value));
  return (
    <ol class="bars" aria-label={label}>
      {rows.map(({ name, value, shown, muted }) => (
        <li key={name} class={muted ? 'muted' : undefined}>
          <span class="name">{name}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${Math.max(0, (100 * value) / most)}%` }} />
          </span>
          <span class="figure">{shown}</span>
        </li>
      ))}
    </ol>
  );
}
