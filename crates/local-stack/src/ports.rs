//! The four ports of a stack, on loopback and nowhere else.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use crate::postgres::Port;
use crate::{Error, Result};

/// The listeners, all taken before anything slow begins: a port in use shows at once.
pub(crate) struct Ports {
    pub(crate) supabase: TcpListener,
    pub(crate) edge: TcpListener,
    pub(crate) provider: TcpListener,
    pub(crate) postgres: Port,
}

impl Ports {
    /// `first` and the three after it; 0 means any four.
    pub(crate) fn bind(first: u16) -> Result<Ports> {
        let listener = |offset: u16| listen(nth(first, offset)?);
        Ok(Ports {
            supabase: listener(0)?,
            edge: listener(1)?,
            provider: listener(2)?,
            postgres: if first == 0 { Port::Free } else { Port::Held(listener(3)?) },
        })
    }
}

/// Where a listener listens, as the base of a URL.
pub(crate) fn url(listener: &TcpListener) -> Result<String> {
    let address = listener.local_addr().map_err(|cause| Error::PortRefused { port: 0, cause })?;
    Ok(format!("http://{address}"))
}

fn nth(first: u16, offset: u16) -> Result<u16> {
    match first {
        0 => Ok(0),
        first => first.checked_add(offset).ok_or(Error::PortTooHigh { port: first }),
    }
}

fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|cause| match cause.kind() {
        ErrorKind::AddrInUse => Error::PortInUse { port },
        _ => Error::PortRefused { port, cause },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_used_port_is_named() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let message = listen(port).unwrap_err().to_string();
        assert!(message.contains(&port.to_string()) && message.contains("--port"), "{message}");
    }

    #[test]
    fn four_ports_need_room() {
        assert!(matches!(nth(65535, 1), Err(Error::PortTooHigh { port: 65535 })));
        assert_eq!(nth(0, 3).unwrap(), 0);
    }
}
