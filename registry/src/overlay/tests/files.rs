//! Where files are looked for.

use reqllm_core::{Environment, ErrorKind};

use super::super::discover::{Platform, user_file};
use super::*;

/// A folder that goes when it is done with.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("reqllm-overlay-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn entry(output: u32) -> String {
    format!("models.\"bedrock:x\".limits.output = {output}")
}

#[test]
fn files_are_found_in_their_order() {
    let folder = Folder::new("order");
    let home = folder.0.join("home").display().to_string();
    let env = Environment::of([("HOME", &home), ("APPDATA", &home)]);
    let project = folder.0.join("project/deep/down");
    std::fs::create_dir_all(&project).unwrap();
    assert!(Overlay::discover(&env, &project).unwrap().is_empty());

    let user = user_file(&env, Platform::THIS).unwrap();
    std::fs::create_dir_all(user.parent().unwrap()).unwrap();
    std::fs::write(&user, entry(1)).unwrap();
    folder.write("reqllm.toml", &entry(2));
    let nearest = folder.write("project/reqllm.toml", &entry(3));
    let named = folder.write(
        "project/deep/down/named.json",
        r#"{"models": {"bedrock:x": {"limits": {"output": 4}}}}"#,
    );
    let env = Environment::of([
        ("HOME", home.as_str()),
        ("APPDATA", home.as_str()),
        ("REQLLM_MODELS", "named.json"),
    ]);
    let overlays = Overlay::discover(&env, &project).unwrap();
    let variable = "REQLLM_MODELS".to_owned();
    let origins = [
        Origin::UserFile(user),
        Origin::ProjectFile(nearest.clone()),
        Origin::Environment {
            variable,
            path: named,
        },
    ];
    assert!(overlays.iter().map(Overlay::origin).eq(&origins));
    let (mut model, mut provenance) = (known(), Provenance::default());
    for overlay in &overlays {
        assert!(overlay.apply("bedrock", "x", &mut model, &mut provenance));
    }
    assert_eq!(model.limits.output, Some(4));
    assert_eq!(provenance.get("limits.output"), Some(&origins[2]));

    std::fs::write(&nearest, "models.x = 1").unwrap();
    let error = Overlay::discover(&env, &project).unwrap_err();
    assert!(
        error.message().contains(&nearest.display().to_string()),
        "{error}"
    );
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let folder = Folder::new("named");
    let env = Environment::of([("REQLLM_MODELS", "gone.toml")]);
    let error = Overlay::discover(&env, &folder.0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.message().contains("gone.toml of REQLLM_MODELS"),
        "{error}"
    );
    let odd = folder.write("models.yaml", "");
    let error = Overlay::read(&odd, Origin::Program).unwrap_err();
    assert!(
        error.message().contains("neither .toml nor .json"),
        "{error}"
    );
}

/// A project's file comes with a checkout.
#[test]
fn files_without_end_are_refused() {
    let folder = Folder::new("endless");
    let long = folder.write("long.toml", &" ".repeat(17 << 20));
    let error = Overlay::read(&long, Origin::Program).unwrap_err();
    assert!(error.message().contains("more than"), "{error}");
    #[cfg(unix)]
    {
        let device = folder.0.join("reqllm.toml");
        std::os::unix::fs::symlink("/dev/zero", &device).unwrap();
        let error = Overlay::read(&device, Origin::Program).unwrap_err();
        assert!(error.message().contains("no file"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn each_platform_has_its_folder() {
    let both = Environment::of([
        ("XDG_CONFIG_HOME", "/xdg"),
        ("HOME", "/home/me"),
        ("APPDATA", "/app"),
    ]);
    let relative = Environment::of([("XDG_CONFIG_HOME", "xdg"), ("HOME", "/home/me")]);
    for (env, platform, path) in [
        (&both, Platform::Xdg, "/xdg/reqllm/models.toml"),
        (
            &relative,
            Platform::Xdg,
            "/home/me/.config/reqllm/models.toml",
        ),
        (
            &both,
            Platform::MacOs,
            "/home/me/Library/Application Support/reqllm/models.toml",
        ),
        (&both, Platform::Windows, "/app/reqllm/models.toml"),
    ] {
        assert_eq!(user_file(env, platform).as_deref(), Some(Path::new(path)));
    }
    assert_eq!(user_file(&Environment::empty(), Platform::Xdg), None);
}
