"""The market regulator's register of legal persons (市场监管部门法人库)."""
