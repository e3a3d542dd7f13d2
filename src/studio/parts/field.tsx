import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

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

/** Something that is on or off. */
export function Checkbox({
  label,
  isOn,
  onChange,
  disabled = false,
}: {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  disabled?: boolean;
}) {
  return (
    <label class="checkbox">
      <input
        type="checkbox"
        checked={isOn}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}
