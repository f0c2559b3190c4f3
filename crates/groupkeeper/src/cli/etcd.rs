use std::path::PathBuf;

use groupkeeper_etcd::Login;

/// As whom an etcd is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
#[command(next_help_heading = "etcd")]
pub struct EtcdArgs {
    /// The user to log in as, where etcd asks for one.
    #[arg(
        long,
        value_name = "NAME",
        env = "GROUPKEEPER_ETCD_USER",
        requires = "etcd_password_file"
    )]
    pub etcd_user: Option<String>,
    /// A file with that user's password. It is read at each login, so a new password needs no restart.
    #[arg(
        long,
        value_name = "FILE",
        env = "GROUPKEEPER_ETCD_PASSWORD_FILE",
        requires = "etcd_user"
    )]
    pub etcd_password_file: Option<PathBuf>,
}

impl EtcdArgs {
    /// Whether anything of it was given.
    pub const fn is_given(&self) -> bool {
        self.etcd_user.is_some() || self.etcd_password_file.is_some()
    }

    /// The user, where there is one.
    pub fn login(&self) -> Option<Login> {
        Some(Login {
            user: self.etcd_user.clone()?,
            password_file: self.etcd_password_file.clone()?,
        })
    }
}
