//! Puts the seeds of a target into a folder. Most are files of `seeds/`; the binary ones are made of them.

// What the coverage of the instrumented code is reported to.
use libfuzzer_sys as _;

use std::path::Path;
use std::{env, fs};

use reqllm_fuzz::{frames, pick, streams};
use reqllm_registry::Packed;

fn main() -> std::io::Result<()> {
    let mut arguments = env::args().skip(1);
    let (Some(target), Some(folder)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: seeds TARGET FOLDER");
        std::process::exit(2);
    };
    let folder = Path::new(&folder);
    match target.as_str() {
        "eventstream" | "eventstream_crc" => streams_of_lines(folder, |which| vec![which, 1]),
        "eventstream_oracle" => streams_of_lines(folder, |_| vec![1]),
        "plain_events" => copy(Path::new("seeds/frames"), folder),
        "packed" => fs::write(folder.join("small"), small_catalogue()),
        target => copy(&Path::new("seeds").join(target), folder),
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for file in fs::read_dir(from)? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

/// The streams of the target `frames`, as bytes behind what the target takes in front of them: the number of their model, a
/// seed of cuts.
fn streams_of_lines(folder: &Path, front: fn(u8) -> Vec<u8>) -> std::io::Result<()> {
    for file in fs::read_dir("seeds/frames")? {
        let file = file?;
        let text = fs::read_to_string(file.path())?;
        let (which, lines) = text.split_once('\n').unwrap_or_default();
        let which: u8 = which.parse().unwrap_or_default();
        let mut bytes = front(which);
        bytes.extend(frames(lines, pick(streams(), which).native));
        fs::write(folder.join(file.file_name()), bytes)?;
    }
    Ok(())
}

/// A catalogue that is small enough to be mutated.
fn small_catalogue() -> Vec<u8> {
    let json = include_bytes!("../../seeds/import/api");
    let imported = reqllm_registry::import::import(json, "seed", "2026-08-23");
    let packed = imported.and_then(|imported| imported.pack());
    packed
        .unwrap_or_else(|_| Packed::embedded())
        .as_bytes()
        .to_vec()
}
