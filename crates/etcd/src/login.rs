use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;
use tonic::Status;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;

use crate::Login;
use crate::proto::AuthenticateRequest;
use crate::proto::auth_client::AuthClient;

/// Who this process is to etcd, and the token that says so.
#[derive(Debug)]
pub(crate) struct LoggedIn {
    login: Option<Login>,
    token: Mutex<Arc<OnceCell<Token>>>,
}

/// What goes with each call; `None` where this etcd asks nobody who they are.
#[derive(Clone)]
pub(crate) struct Token(Option<MetadataValue<Ascii>>);

impl Token {
    pub(crate) const fn text(&self) -> Option<&MetadataValue<Ascii>> {
        self.0.as_ref()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl LoggedIn {
    pub(crate) fn new(login: Option<Login>) -> Self {
        Self {
            login,
            token: Mutex::default(),
        }
    }

    /// Whether there is a user to log in as.
    pub(crate) const fn is_somebody(&self) -> bool {
        self.login.is_some()
    }

    /// Where the token is, or is to be.
    pub(crate) fn token(&self) -> Arc<OnceCell<Token>> {
        Arc::clone(&self.state())
    }

    /// It is good no longer: the next call logs in again.
    pub(crate) fn forget(&self, token: &Arc<OnceCell<Token>>) {
        let mut state = self.state();
        if Arc::ptr_eq(&state, token) {
            *state = Arc::default();
        }
    }

    /// Logs in, over this connection.
    pub(crate) async fn log_in(&self, channel: Channel) -> Result<Token, Status> {
        let Some(login) = &self.login else {
            return Ok(Token(None));
        };
        let password = read(&login.password_file).await?;
        let name = login.user.clone();
        let mut client = AuthClient::new(channel);
        let asked = client.authenticate(AuthenticateRequest { name, password });
        let token = match asked.await {
            Ok(answer) => answer.into_inner().token,
            Err(status) if status.message().contains("authentication is not enabled") => {
                return Ok(Token(None));
            }
            Err(status) => return Err(status),
        };
        let mut token = MetadataValue::try_from(token)
            .map_err(|_| Status::internal("the token has characters that no header may have"))?;
        token.set_sensitive(true);
        Ok(Token(Some(token)))
    }

    fn state(&self) -> MutexGuard<'_, Arc<OnceCell<Token>>> {
        // Each change is one assignment, so a panic elsewhere leaves it usable.
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The password, without the line's end that editors put behind it.
async fn read(file: &Path) -> Result<String, Status> {
    let path = file.to_owned();
    let text = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await;
    let text = text
        .map_err(|error| error.to_string())
        .and_then(|text| text.map_err(|error| error.to_string()));
    let text = text.map_err(|error| {
        let file = file.display();
        Status::unauthenticated(format!("no password could be read from {file}: {error}"))
    })?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
