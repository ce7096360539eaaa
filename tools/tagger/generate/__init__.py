"""Invented chats, mails, tickets, notes, forms and logs with known names in them."""
