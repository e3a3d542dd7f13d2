import { useEffect, useState } from 'preact/hooks';
import { download, folderFiles, shownSize, type FolderFile } from '../files/files.js';
import { openProject, projectFile } from '../files/project-file.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { FilePicker } from '../parts/file-picker.js';
import { Card, Screen } from '../parts/screen.js';
import { Icon } from '../parts/icon.js';
import { useJob } from '../state/use-job.js';

interface ScreenCard {
  readonly place: string;
  readonly name: string;
  readonly about: string;
  readonly icon: string;
}

/** The first page: what there is, projects, and the files of the folder. */
export function Home({ screens }: { screens: readonly ScreenCard[] }) {
  const job = useJob();
  const [files, setFiles] = useState<readonly FolderFile[]>();
  useEffect(() => void folderFiles().then(setFiles), []);
  return (
    <Screen
      title="Make, hear and see it"
      lead="Train and try sequence models in this page. All of it computes on this machine, and nothing leaves it."
    >
      <ul class="doors">
        {screens.map(({ place, name, about, icon }) => (
          <li key={place}>
            <a href={`#/${place}`}>
              <Icon path={icon} />
              <b>{name}</b>
              <span>{about}</span>
            </a>
          </li>
        ))}
      </ul>
      <Card
        title="Your project"
        note="What you type, record and train is kept in this browser. A project is all of that in one file."
      >
        <div class="row">
          <Button
            onClick={() =>
              job.run(async () => download('studio-project.json', await projectFile(), 'application/json'))
            }
          >
            Save project
          </Button>
        </div>
        <FilePicker
          label="Open a project: drop it here, or choose a file. It takes the place of what is kept."
          accept=".json,application/json"
          onFiles={([file]) =>
            job.run(async () => {
              await openProject(await file.text());
              location.reload();
            })
          }
        />
        <ErrorNote error={job.error} />
      </Card>
      {files && files.length > 0 && (
        <Card
          title="The folder"
          note="The files that the studio may read. Each screen opens those that it knows."
        >
          <ul class="files">
            {files.slice(0, 200).map(({ path, bytes }) => (
              <li key={path}>
                <span>{path}</span>
                <span class="figure">{shownSize(bytes)}</span>
              </li>
            ))}
          </ul>
          {files.length > 200 && <p class="note">And {files.length - 200} more.</p>}
        </Card>
      )}
    </Screen>
  );
}
