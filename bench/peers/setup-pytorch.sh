#!/bin/sh
# Sets up the PyTorch that the step benchmark and the golden gradients are measured against: the
# one of Debian trixie (2.6 with oneDNN 3.7), in a folder of its own, so that the project needs no
# Python.
#
#   setup-pytorch.sh [DIR]      DIR defaults to $GANYMEDE_PEERS, else .peers/pytorch
#
# Safe to run again: every stage is skipped when its result is there. About 1.5 GB on disk.
set -eu

dir=${1:-${GANYMEDE_PEERS:-.peers/pytorch}}
here=$(dirname "$(realpath "$0")")

say() { echo "setup-pytorch: $*"; }
fail() { say "$*" >&2; exit 1; }

[ "$(id -u)" -eq 0 ] || fail "debootstrap and chroot need root; run it as root"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"
command -v unshare >/dev/null || fail "unshare is missing: apt-get install util-linux"

mkdir -p "$dir"
dir=$(realpath "$dir")

# debootstrap keeps its working folder until it is done, so that folder marks a broken attempt.
if [ -e "$dir/debootstrap" ]; then
  fail "$dir holds an unfinished debootstrap; delete that folder and run this again"
fi
if [ -x "$dir/usr/bin/apt-get" ]; then
  say "Debian is already in $dir"
else
  say "installing Debian trixie in $dir"
  debootstrap --variant=minbase trixie "$dir"
fi

if "$here/in-pytorch.sh" "$dir" dpkg-query --show --showformat='${Status}\n' \
  python3-torch libopenblas0-openmp 2>/dev/null | sort -u | grep -qx 'install ok installed' &&
  "$here/in-pytorch.sh" "$dir" python3 -c 'import torch' 2>/dev/null; then
  say "PyTorch is already installed"
else
  say "installing PyTorch"
  # The host's resolver, in case it changed since debootstrap copied it.
  cp /etc/resolv.conf "$dir/etc/resolv.conf"
  "$here/in-pytorch.sh" "$dir" apt-get update
  # OpenBLAS is named because torch would otherwise be content with the reference BLAS. The OpenMP
  # build, because it shares torch's own threads; the pthread build keeps a second set spinning,
  # which cost the spectral-norm step about 5 %. The comparison is with PyTorch at its best.
  "$here/in-pytorch.sh" "$dir" apt-get install --yes --no-install-recommends \
    python3-torch libopenblas0-openmp
  "$here/in-pytorch.sh" "$dir" apt-get clean
fi

"$here/in-pytorch.sh" "$dir" python3 /mnt/torch_step.py --info
say "ready: $here/in-pytorch.sh $dir python3 /mnt/torch_step.py"
