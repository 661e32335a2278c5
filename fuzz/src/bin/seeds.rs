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
        "eventstream" | "eventstream_crc" => streams_of_lines(folder),
        "packed" => fs::write(folder.join("small"), small_catalogue()),
        target => {
            for file in fs::read_dir(Path::new("seeds").join(target))? {
                let file = file?;
                fs::copy(file.path(), folder.join(file.file_name()))?;
            }
            Ok(())
        }
    }
}

/// The streams of the target `frames`, as bytes behind the number of their model and a seed of cuts.
fn streams_of_lines(folder: &Path) -> std::io::Result<()> {
    for file in fs::read_dir("seeds/frames")? {
        let file = file?;
        let text = fs::read_to_string(file.path())?;
        let (which, lines) = text.split_once('\n').unwrap_or_default();
        let which: u8 = which.parse().unwrap_or_default();
        let mut bytes = vec![which, 1];
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
