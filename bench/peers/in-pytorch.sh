#!/bin/sh
# Runs a command inside the folder that setup-pytorch.sh made, with this folder visible as /mnt:
#
#   in-pytorch.sh DIR python3 /mnt/torch_step.py --info
#
# A private mount namespace holds the binds, so nothing stays mounted when the command ends or is
# killed. /proc and /sys are bound because torch, OpenMP and OpenBLAS read the processors from
# there. Without them they guess, and the timings would be of the guess.
set -eu

if [ "$#" -lt 2 ]; then
  echo "usage: in-pytorch.sh DIR COMMAND [ARGUMENT...]" >&2
  exit 2
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "in-pytorch.sh: chroot and bind mounts need root; run it as root" >&2
  exit 1
fi

root=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
shift

# The inner shell starts in the new namespace: $0 is the root, $1 this folder, then the command.
# exec leaves one process, so a signal to it reaches the peer itself. env -i keeps the host's
# locale, thread settings and Python path out of the measurement.
exec unshare --mount --propagation private sh -eu -c '
  mount --rbind /proc "$0/proc"
  mount --rbind /sys "$0/sys"
  mount --rbind /dev "$0/dev"
  mount --bind "$1" "$0/mnt"
  root=$0
  shift
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}" PYTHONDONTWRITEBYTECODE=1 \
    DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
' "$root" "$here" "$@"
