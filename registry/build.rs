//! Packs the catalogue: from the lines under version control to the file that is read in place. Without the feature `snapshot`
//! there is nothing to pack.

use std::error::Error;

// The library reads what is written here, and imports what is packed here: both use what this does not.
#[cfg(feature = "snapshot")]
#[allow(dead_code)]
#[path = "src/layout.rs"]
mod layout;
#[cfg(feature = "snapshot")]
#[allow(dead_code)]
#[path = "src/pack/mod.rs"]
mod pack;

#[cfg(feature = "snapshot")]
fn main() -> Result<(), Box<dyn Error>> {
    use std::fs;
    use std::path::Path;

    for path in ["build.rs", "data", "src/layout.rs", "src/pack"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let catalogue = fs::read_to_string("data/catalogue.jsonl")?;
    let patch = fs::read_to_string("data/patch.toml")?;
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(
        Path::new(&out).join("catalogue.bin"),
        pack::pack(&catalogue, &patch)?,
    )?;
    Ok(())
}

#[cfg(not(feature = "snapshot"))]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
