"""Replies that were made elsewhere: files of them in several formats, and which reply is to which case."""

from itemwise.replies.given_reply import GivenReply, RepliesError
from itemwise.replies.matching import MatchedReplies, matched
from itemwise.replies.reply_file import ReplyFile, read_replies, reply_files

__all__ = ["GivenReply", "MatchedReplies", "RepliesError", "ReplyFile", "matched", "read_replies", "reply_files"]
