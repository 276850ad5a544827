"""Bazel's built-in ProtoInfo, for proto_info.bzl."""

NativeProtoInfo = ProtoInfo  # buildifier: disable=native-proto-info
